/** Levels of intensity into which each image is divided. */
const levels = 32;

/**
 * The mutual information in nats of two sets of intensities of the same places: what knowing one tells of the other.
 * Intensities from 0 to `white` of each image are divided into 32 levels, and shared between the two levels next to
 * them, so that small moves change the value smoothly; values outside are taken as 0 or `white`.
 * Sources: W. Wells et al., Medical Image Analysis 1 (1996), 35; F. Maes et al., IEEE TMI 16 (1997), 187.
 */
export function mutualInformation(
  first: ArrayLike<number>,
  second: ArrayLike<number>,
  white: readonly [number, number],
): number {
  const joint = new Float64Array(levels * levels);
  const scales = white.map((value) => (levels - 1) / value);
  for (let index = 0; index < first.length; index += 1) {
    const a = Math.min(levels - 1, Math.max(0, first[index] * scales[0]));
    const b = Math.min(levels - 1, Math.max(0, second[index] * scales[1]));
    const row = Math.min(levels - 2, Math.floor(a));
    const column = Math.min(levels - 2, Math.floor(b));
    const shareA = a - row;
    const shareB = b - column;
    const cell = row * levels + column;
    joint[cell] += (1 - shareA) * (1 - shareB);
    joint[cell + 1] += (1 - shareA) * shareB;
    joint[cell + levels] += shareA * (1 - shareB);
    joint[cell + levels + 1] += shareA * shareB;
  }
  return informationOf(joint, first.length);
}

function informationOf(joint: Float64Array, count: number): number {
  const rows = new Float64Array(levels);
  const columns = new Float64Array(levels);
  for (let cell = 0; cell < joint.length; cell += 1) {
    rows[Math.floor(cell / levels)] += joint[cell];
    columns[cell % levels] += joint[cell];
  }
  let sum = 0;
  for (let cell = 0; cell < joint.length; cell += 1) {
    if (joint[cell] === 0) continue;
    sum +=
      joint[cell] *
      Math.log((joint[cell] * count) / (rows[Math.floor(cell / levels)] * columns[cell % levels]));
  }
  return count === 0 ? 0 : sum / count;
}
