import { type Claim, decibels, type Evidence, type Judgement, notCheckable } from './claim.ts';
import type { Cell, Measured } from './measured.ts';

/** What counts as a gain of matching, dB. */
const gain = 1;
/** As much as rounding in float32 may change values in 0 .. 1. */
const rounding = 1e-4;

const path = 'path_psnr_db';
const midpoint = 'midpoint_psnr_db';

export const weightClaims: readonly Claim[] = [
  {
    where: 'Section 8, Figs 9 and 20',
    experiment: 'weights',
    says: 'Half-way between the weights of two images lies a coherent blend of both.',
    rule: 'PSNR to the blend at t = 0.5, in every pair, by the paper\u2019s optimiser. Holds where it is above that of one mean colour with equal initial weights and matched channels, holds with a change where it is when the second fit starts from the first, else it does not hold here.',
    judge: coherence,
  },
  {
    where: 'Section 8',
    experiment: 'weights',
    says: 'Matching channels brings the weights of different fits together.',
    rule: `Mean PSNR along the path between fits from different initial weights, in every pair. Holds where matching gains at least ${gain} dB, else it does not hold here.`,
    judge: matching,
  },
  {
    where: 'Section 8',
    experiment: 'weights',
    says: 'Matching channels does not change what a network computes.',
    rule: `Holds where no value of any image changes by more than ${rounding} (float32), else it does not hold here.`,
    judge: exactness,
  },
  {
    where: 'Fig. 9',
    experiment: 'weights',
    says: 'Paths between O-INRs are more coherent than those between SIRENs.',
    rule: 'Mean PSNR along the path with equal initial weights, in every pair. Holds where O-INR by the paper\u2019s optimiser is above a SIREN that fits the images about as well, else it does not hold here.',
    judge: besideSiren,
  },
  {
    where: 'Fig. 19',
    experiment: 'weights',
    says: 'Early layers move the large scale, late ones the colours: the earlier a layer, the more its path alone changes.',
    rule: 'Mean PSNR to the blend along the path of one layer alone, in every pair. Holds where the first layer is the lowest and the last two are the highest, else it does not hold here.',
    judge: layers,
  },
  notCheckable(
    'Figs 9, 19 and 20',
    'The same between faces of CelebA.',
    'CelebA may be used for research only and not be passed on; the pairs here have nothing aligned, which makes a blend harder.',
  ),
];

type Asked = Readonly<Record<string, string>>;

const ofPaper: Asked = { recipe: 'paper' };

function coherence(measured: Measured): Judgement | undefined {
  const evidence: Evidence[number][] = [];
  const isAbove = { matched: true, warm: true };
  for (const name of measured.cases) {
    const of = (method: string, asked: Asked = ofPaper): Cell | undefined =>
      measured.last({ case: name, method, metric: midpoint, ...asked });
    const [plain, matched, warm] = ['oinr-same-seed', 'oinr-same-seed-matched', 'oinr-warm-start'].map(
      (one) => of(one),
    );
    const mean = of('mean-colour', {});
    if (plain === undefined || matched === undefined || warm === undefined || mean === undefined)
      return undefined;
    if (matched.value <= mean.value) isAbove.matched = false;
    if (warm.value <= mean.value) isAbove.warm = false;
    evidence.push(
      `${name}: equal seeds `,
      decibels(plain),
      ', matched ',
      decibels(matched),
      ', started from the first ',
    );
    evidence.push(decibels(warm), ', one colour ', decibels(mean), ' dB. ');
  }
  if (evidence.length === 0) return undefined;
  const verdict = isAbove.matched ? 'holds' : isAbove.warm ? 'holds with a change' : 'does not hold here';
  return { verdict, evidence };
}

function matching(measured: Measured): Judgement | undefined {
  return compared(
    measured,
    { title: 'different seeds, matched', asked: { method: 'oinr-different-seeds-matched', ...ofPaper } },
    [{ title: 'unmatched', asked: { method: 'oinr-different-seeds', ...ofPaper } }],
    gain,
  );
}

function besideSiren(measured: Measured): Judgement | undefined {
  const own = { title: 'O-INR', asked: { method: 'oinr-same-seed', ...ofPaper } };
  const siren = { title: 'SIREN', asked: { method: 'siren-same-seed-equal-fit' } };
  return compared(measured, own, [siren], 0);
}

/** Whether one path is above others by more than a margin, in every pair. */
function compared(
  measured: Measured,
  own: { readonly title: string; readonly asked: Asked },
  others: readonly { readonly title: string; readonly asked: Asked }[],
  margin: number,
): Judgement | undefined {
  const evidence: Evidence[number][] = [];
  let isAbove = true;
  for (const name of measured.cases) {
    const cell = measured.last({ case: name, metric: path, ...own.asked });
    if (cell === undefined) return undefined;
    evidence.push(`${name}: ${own.title} `, decibels(cell));
    for (const { title, asked } of others) {
      const other = measured.last({ case: name, metric: path, ...asked });
      if (other === undefined) return undefined;
      if (cell.value <= other.value + margin) isAbove = false;
      evidence.push(`, ${title} `, decibels(other));
    }
    evidence.push(' dB. ');
  }
  return evidence.length === 0 ? undefined : { verdict: isAbove ? 'holds' : 'does not hold here', evidence };
}

function exactness(measured: Measured): Judgement | undefined {
  const largest = measured.best({ metric: 'output_change' });
  return (
    largest && {
      verdict: largest.value <= rounding ? 'holds' : 'does not hold here',
      evidence: ['Largest change: ', { ...largest, column: 'value', format: 'scientific' }, '.'],
    }
  );
}

function layers(measured: Measured): Judgement | undefined {
  const evidence: Evidence[number][] = [];
  let isRising = true;
  for (const name of measured.cases) {
    const cells: Cell[] = [];
    for (let layer = 1; ; layer++) {
      const cell = measured.last({ case: name, method: `oinr-layer-${layer}`, metric: path, ...ofPaper });
      if (cell === undefined) break;
      cells.push(cell);
    }
    if (cells.length < 3) return undefined;
    const values = cells.map(({ value }) => value);
    const lastTwo = Math.min(...values.slice(-2));
    if (Math.min(...values.slice(1)) <= values[0] || Math.max(...values.slice(0, -2)) >= lastTwo)
      isRising = false;
    evidence.push(`${name}, layers 1 to ${cells.length}: `);
    cells.forEach((cell, n) => {
      evidence.push(n === 0 ? '' : ', ', decibels(cell));
    });
    evidence.push(' dB. ');
  }
  return evidence.length === 0 ? undefined : { verdict: isRising ? 'holds' : 'does not hold here', evidence };
}
