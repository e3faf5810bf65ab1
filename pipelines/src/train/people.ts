import type { Subject } from '@oinr/cohort';
import { headOf } from '@oinr/imputation';
import { readVolume } from '@oinr/nifti';
import { RunError } from '@oinr/run';
import { intensityProblem, type Volume } from '@oinr/volume';

/** Who is learned from and who is held out. */
export interface Split {
  readonly training: readonly Subject[];
  readonly heldOut: readonly Subject[];
}

/**
 * Deals people into folds: within each group in order of their identifiers, so that every fold has its share of each
 * group. With one fold nobody is held out. Groups are used for nothing else: training never sees them.
 *
 * @throws RunError when fewer than two people would be left to learn from.
 */
export function splitPeople(subjects: readonly Subject[], folds: number, fold: number): Split {
  const seen = new Map<string, number>();
  const heldOut = new Set<Subject>();
  for (const subject of subjects.toSorted((a, b) => (a.id < b.id ? -1 : 1))) {
    const n = seen.get(subject.group) ?? 0;
    seen.set(subject.group, n + 1);
    if (folds > 1 && n % folds === fold - 1) heldOut.add(subject);
  }
  return split(subjects, heldOut);
}

/**
 * Holds out exactly the people of these labels, with or without `sub-`.
 *
 * @throws RunError for a label that nobody has, and when fewer than two people would be left to learn from.
 */
export function holdOut(subjects: readonly Subject[], labels: readonly string[]): Split {
  const bare = (label: string): string => label.replace(/^sub-/, '');
  const asked = new Set(labels.map(bare));
  const heldOut = new Set(subjects.filter(({ id }) => asked.has(bare(id))));
  const known = new Set(subjects.map(({ id }) => bare(id)));
  const absent = [...asked].filter((label) => !known.has(label));
  if (absent.length > 0)
    throw new RunError(
      `--held-out names ${absent.join(', ')}, whom the cohort does not have; it has ${[...known].join(', ')}.`,
    );
  return split(subjects, heldOut);
}

function split(subjects: readonly Subject[], heldOut: ReadonlySet<Subject>): Split {
  const training = subjects.filter((subject) => !heldOut.has(subject));
  if (training.length < 2) {
    throw new RunError(
      `An operator across people is learned from at least two of them, but ${training.length} would be left of ` +
        `${subjects.length}; add people, or use method oinr-internal, which learns from one scan.`,
    );
  }
  return { training, heldOut: [...heldOut] };
}

/** The part of a volume that shows the head. Throws a RunError for a volume that is empty, constant or not finite. */
export async function readHead(file: string): Promise<Volume> {
  const volume = await readVolume(file);
  const problem = intensityProblem(volume);
  if (problem !== undefined) throw new RunError(`${file} cannot be learned from: ${problem}`);
  if (!volume.data.some((value) => value > 0))
    throw new RunError(
      `${file} cannot be learned from: no voxel is above 0. Export it with 0 for air, or leave it out (exclude in the cohort's description).`,
    );
  return headOf(volume);
}
