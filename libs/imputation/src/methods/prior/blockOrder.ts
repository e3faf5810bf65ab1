/**
 * The order in which a network holds the pixels of a plane: (row in block, column in block, row of blocks, column of
 * blocks). Blocks at the end that the plane does not fill are completed by zeros.
 */
export interface BlockOrder {
  /** Rows of blocks, and columns of blocks. */
  readonly blocks: readonly [rows: number, columns: number];
  /** Values of a plane in whole blocks. */
  readonly size: number;
  /** Where a pixel lies among them. */
  at(row: number, column: number): number;
  /** The plane with its columns in reverse; what completes blocks stays at the end. */
  mirrored(plane: Float32Array): Float32Array;
}

export function blockOrder(rows: number, columns: number, block: number): BlockOrder {
  const blocks = [Math.ceil(rows / block), Math.ceil(columns / block)] as const;
  const area = blocks[0] * blocks[1];
  const at = (row: number, column: number): number =>
    ((row % block) * block + (column % block)) * area +
    Math.floor(row / block) * blocks[1] +
    Math.floor(column / block);
  return {
    blocks,
    size: area * block ** 2,
    at,
    mirrored(plane) {
      const out = new Float32Array(plane.length);
      for (let row = 0; row < rows; row++)
        for (let column = 0; column < columns; column++)
          out[at(row, column)] = plane[at(row, columns - 1 - column)];
      return out;
    },
  };
}
