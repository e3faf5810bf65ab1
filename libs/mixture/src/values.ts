/**
 * Prepared volumes (smoothed, normalised) at the voxels of a mask, a row for each person. Rows lie in memory that threads
 * share, since every test of a mixture picks other rows of the same two tables: full and imputed.
 */
export interface Values {
  readonly voxels: number;
  /** One row per person, one entry per voxel; undefined for a person without such a volume. */
  readonly rows: readonly (Float32Array | undefined)[];
}

/** A row in shared memory. */
export function sharedRow(values: ArrayLike<number>): Float32Array {
  const row = new Float32Array(new SharedArrayBuffer(values.length * Float32Array.BYTES_PER_ELEMENT));
  row.set(values);
  return row;
}

/** The full and the imputed volumes of the same people, in the same order and mask. */
export interface ValuePair {
  readonly full: Values;
  readonly imputed: Values;
}

/** The row of a person in a test: the imputed volume, or the full one. */
export function rowOf({ full, imputed }: ValuePair, person: number, isImputed: boolean): Float32Array {
  const row = (isImputed ? imputed : full).rows[person];
  if (row === undefined)
    throw new TypeError(`Person ${person} has no ${isImputed ? 'imputed' : 'full'} volume.`);
  return row;
}
