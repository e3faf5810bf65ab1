import { stream } from '@oinr/random';

/** Which share of each group has few slices, so that its scans are imputed: 0 to 1, first and second group. */
export type Shares = readonly [first: number, second: number];

/** People of the smaller group. */
export function smallerGroup(labels: Uint8Array): number {
  const first = labels.reduce((sum, label) => sum + label, 0);
  return Math.min(first, labels.length - first);
}

/**
 * Who is imputed in a mixture: in each group the share of its people, rounded to whole people, drawn without replacement.
 * `draw` numbers the repetitions. A larger share holds everybody of a smaller one of the same draw.
 *
 * @param labels 1 = first group, 0 = second group; one entry per person.
 * @returns 1 where a person is imputed.
 */
export function drawMixture(
  labels: ArrayLike<number>,
  shares: Shares,
  { seed, draw }: { readonly seed: number; readonly draw: number },
): Uint8Array {
  const isImputed = new Uint8Array(labels.length);
  shares.forEach((share, group) => {
    const members = Int32Array.from({ length: labels.length }, (_, person) => person).filter(
      (person) => labels[person] === 1 - group,
    );
    const order = stream(seed, 'mixture', draw, group).shuffle(members);
    for (const person of order.subarray(0, Math.round(share * members.length))) isImputed[person] = 1;
  });
  return isImputed;
}

/** The people of the second group (label 0) and of the first. */
export function groupsOf(labels: Uint8Array): number[][] {
  return [0, 1].map((label) => Array.from(labels.keys()).filter((person) => labels[person] === label));
}
