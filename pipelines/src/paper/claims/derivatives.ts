import { type Claim, decibels, type Evidence, type Judgement, share } from './claim.ts';
import type { Measured } from './measured.ts';

/** A correlation from which on two gradients are called the same. */
const same = 0.9;
const paperOctaves = 10;

export const derivativeClaims: readonly Claim[] = [
  {
    where: 'Section 7, Fig. 8',
    experiment: 'derivatives',
    says: 'The gradient of an image follows in closed form from the weights of its O-INR.',
    rule: `Correlation of the gradient\u2019s length with that of central differences of the O-INR\u2019s own image, in every case. Holds where it is at least ${same} with the paper\u2019s ${paperOctaves} octaves, holds with a change where it is with fewer, else it does not hold here.`,
    judge: gradient,
  },
];

function gradient(measured: Measured): Judgement | undefined {
  const evidence: Evidence[number][] = [];
  const works = { ten: true, fewer: true };
  for (const name of measured.cases) {
    const asked = { case: name, method: 'oinr', metric: 'correlation' };
    const found = measured.all(asked).map((cell) => ({ cell, row: measured.table.rows[cell.row] }));
    if (found.length === 0) return undefined;
    const reaches = (isOwn: (octaves: number) => boolean): boolean =>
      found.some(({ cell, row }) => isOwn(Number(row.octaves)) && cell.value >= same);
    if (!reaches((octaves) => octaves >= paperOctaves)) works.ten = false;
    if (!reaches((octaves) => octaves < paperOctaves)) works.fewer = false;
    evidence.push(`${name}: `);
    found.forEach(({ cell, row }, n) => {
      const fit = measured.last({ ...asked, octaves: row.octaves, recipe: row.recipe, metric: 'psnr_db' });
      evidence.push(`${n === 0 ? '' : ', '}${row.octaves} octaves (${row.recipe}) `, share(cell));
      if (fit !== undefined) evidence.push(' at ', decibels(fit), ' dB');
    });
    evidence.push('. ');
  }
  if (evidence.length === 0) return undefined;
  const verdict = works.ten ? 'holds' : works.fewer ? 'holds with a change' : 'does not hold here';
  return { verdict, evidence };
}
