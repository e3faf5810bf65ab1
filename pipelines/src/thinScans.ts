import type { Subject } from '@oinr/cohort';
import { readHeader } from '@oinr/nifti';
import { RunError } from '@oinr/run';
import { lowResolutionAxis } from '@oinr/slices';
import { firstOf, isMissing } from '@oinr/tables';
import { type AnatomicalAxis, anatomicalAxis, arrayAxis, voxelSizes } from '@oinr/volume';

/** The value of a resolution column that means all slices. */
const fullValue = 'full';

/**
 * 1 where the column says that a scan has few slices.
 *
 * @throws RunError where the column is not there, lacks a value, or has other than two values of which one is `full`.
 */
export function readResolution(subjects: readonly Subject[], column: string): Uint8Array {
  const columns = [...new Set(subjects.flatMap((subject) => Object.keys(subject.columns)))];
  if (!columns.includes(column))
    throw new RunError(
      `The participants table has no column ${column} (--resolution-column); it has ${firstOf(columns) || 'none'}.`,
    );
  const values = subjects.map(({ id, columns: { [column]: value } }) => {
    if (isMissing(value))
      throw new RunError(
        `${id} has no value in column ${column} (--resolution-column). Write 'full' where a scan has all slices, and another word where it has few.`,
      );
    return value.trim();
  });
  const different = [...new Set(values)];
  const inWords = firstOf(different.map((value) => `'${value}'`));
  if (different.length > 2)
    throw new RunError(
      `Column ${column} (--resolution-column) has ${different.length} values (${inWords}), but a resolution has two: 'full' for scans with all slices, and one other for those with few. Where slice distances differ, call all of them by one name.`,
    );
  if (!different.includes(fullValue) || different.length < 2)
    throw new RunError(
      `Column ${column} (--resolution-column) has ${inWords}; write 'full' where a scan has all slices, and one other word where it has few.`,
    );
  return Uint8Array.from(values, (value) => (value === fullValue ? 0 : 1));
}

/** Scans of a cohort that were acquired with few slices, beside others with all. */
export interface ThinScans {
  /** Of each such subject, every how many of its slices one is used: all are thinned like the coarsest. */
  readonly used: Readonly<Record<string, number>>;
  /** mm between slices that the thin scans are brought to: the middle distance of the full scans. */
  readonly spacing: number;
  /** Every how many slices of a full scan one is kept, so that it is like the coarsest. */
  readonly every: number;
}

/** A slice distance from which a scan counts as one with few slices: this many times that of the full ones. */
const fewSlices = 1.5;

/**
 * The scans that really have few slices, by a column of the participants table and by their headers; undefined where all
 * scans have about the same slice distance, so that the column only says who is to be thinned in a simulation.
 *
 * @throws RunError where the column is not as it should be, some of those named have all slices, or their slices lie
 * along another axis.
 */
export async function thinScansOf(
  subjects: readonly Subject[],
  column: string,
  axis: AnatomicalAxis,
): Promise<ThinScans | undefined> {
  const isThin = readResolution(subjects, column);
  const gaps: number[] = [];
  for (const [index, { id, image }] of subjects.entries()) {
    const { grid } = await readHeader(image);
    gaps.push(voxelSizes(grid.affine)[arrayAxis(grid, axis)]);
    if (isThin[index] === 0) continue;
    const own = ownAxis(grid);
    if (own !== undefined && own !== axis)
      throw new RunError(
        `${id} has few ${own} slices, but slices are dropped along the ${axis} axis; give --axis ${own}, so that the full scans are thinned like the others.`,
      );
  }
  const full = gaps.filter((_, index) => isThin[index] === 0).sort((a, b) => a - b);
  const spacing = full[Math.floor(full.length / 2)];
  const few = subjects.flatMap((subject, index) =>
    isThin[index] === 1 ? [{ subject, gap: gaps[index], isFew: gaps[index] >= fewSlices * spacing }] : [],
  );
  if (few.every(({ isFew }) => !isFew)) return undefined;
  const strange = few.find(({ isFew }) => !isFew);
  if (strange !== undefined)
    throw new RunError(
      `Column ${column} (--resolution-column) says that ${strange.subject.id} has few slices, but they are ${strange.gap.toPrecision(3)} mm apart, like those of the full scans (${spacing.toPrecision(3)} mm). Correct the column, or leave the subject out.`,
    );
  const coarsest = Math.max(...few.map(({ gap }) => gap));
  return {
    used: Object.fromEntries(
      few.map(({ subject: { id }, gap }) => [id, Math.max(1, Math.round(coarsest / gap))]),
    ),
    spacing,
    every: Math.max(2, Math.round(coarsest / spacing)),
  };
}

/** The axis along which a scan has few slices; undefined where there is none. */
function ownAxis(grid: Parameters<typeof lowResolutionAxis>[0]): AnatomicalAxis | undefined {
  try {
    return anatomicalAxis(grid, lowResolutionAxis(grid));
  } catch {
    return undefined;
  }
}
