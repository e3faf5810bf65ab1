import { type Claim, decibels, type Evidence, type Judgement, type Verdict } from './claim.ts';
import type { Cell, Measured } from './measured.ts';

/** What a network may lose at a size that it has not seen, dB. */
const loss = 0.5;

export const multiresolutionClaims: readonly Claim[] = [
  {
    where: 'Figs 2, 10, 14 and 15',
    experiment: 'multiresolution',
    says: 'O-INR serves a resolution that it has not seen, at least as well as SIREN.',
    rule: 'PSNR at the unseen size after the last step, in every case. Holds where the published kernel net is not below SIREN, holds with a change where another O-INR is (alias-free octaves, or kernels that scale), else it does not hold here.',
    judge: (measured) => unseen(measured, ['siren']),
  },
  {
    where: 'Section 3.3, continuous kernels',
    experiment: 'multiresolution',
    says: 'Continuous kernels adapt to the resolution.',
    rule: `PSNR at the unseen size against that at the largest size of training, in every case. Holds where the published kernel net loses at most ${loss} dB, holds with a change where kernels that scale do, else it does not hold here.`,
    judge: adaptation,
  },
  {
    where: 'Section 3.3, kernels that scale, built here',
    experiment: 'multiresolution',
    says: 'Kernels that really scale beat the published kernel net and discrete kernels at an unseen resolution.',
    rule: 'PSNR at the unseen size after the last step, in every case. Holds where O-INR with kernels that scale is above both, with all octaves and with alias-free ones, else it does not hold here.',
    judge: scaled,
  },
  {
    where: 'Fig. 10, a baseline that it does not have',
    experiment: 'multiresolution',
    says: 'A network serves the unseen resolution better than bicubic interpolation.',
    rule: 'PSNR at the unseen size after the last step, in every case. Holds where the published kernel net is above the enlarged largest image of training, holds with a change where another O-INR is, else it does not hold here.',
    judge: (measured) => unseen(measured, ['bicubic']),
  },
];

const operators = [
  { method: 'ckconv', title: 'published kernel net' },
  { method: 'oinr', title: 'discrete kernels' },
  { method: 'oinr-alias-free', title: 'the same with alias-free octaves' },
  { method: 'oinr-scaled', title: 'kernels that scale' },
] as const;

/** The end of each operator in a case; undefined where one is missing. */
function operatorsOf(measured: Measured, name: string, metric: string): readonly Cell[] | undefined {
  const cells = operators.map(({ method }) => measured.last({ case: name, method, metric }));
  const found = cells.filter((cell) => cell !== undefined);
  return found.length < cells.length ? undefined : found;
}

function listed(cells: readonly Cell[]): Evidence {
  return cells.flatMap((cell, n) => [`${n === 0 ? '' : ', '}${operators[n].title} `, decibels(cell)]);
}

/** Whether an operator reaches some others everywhere: the published one, another, or none. */
function unseen(measured: Measured, others: readonly string[]): Judgement | undefined {
  const evidence: Evidence[number][] = [];
  const reaches = operators.map(() => true);
  for (const name of measured.cases) {
    const own = operatorsOf(measured, name, 'psnr_db');
    if (own === undefined) return undefined;
    evidence.push(`${name}: `, ...listed(own));
    for (const method of others) {
      const other = measured.last({ case: name, method, metric: 'psnr_db' });
      if (other === undefined) return undefined;
      own.forEach(({ value }, n) => {
        if (value < other.value) reaches[n] = false;
      });
      evidence.push(`, ${method === 'siren' ? 'SIREN' : method} `, decibels(other));
    }
    evidence.push(' dB. ');
  }
  if (evidence.length === 0) return undefined;
  return { verdict: byPublished(reaches[0], reaches.some(Boolean)), evidence };
}

function byPublished(published: boolean, another: boolean): Verdict {
  return published ? 'holds' : another ? 'holds with a change' : 'does not hold here';
}

function adaptation(measured: Measured): Judgement | undefined {
  const evidence: Evidence[number][] = [];
  const adapts = { ckconv: true, 'oinr-scaled': true };
  for (const name of measured.cases)
    for (const { method, title } of operators) {
      const at = measured.last({ case: name, method, metric: 'psnr_db' });
      const seen = measured.last({ case: name, method, metric: 'seen_psnr_db' });
      if (at === undefined || seen === undefined) return undefined;
      if ((method === 'ckconv' || method === 'oinr-scaled') && at.value < seen.value - loss)
        adapts[method] = false;
      evidence.push(`${name}, ${title}: `, decibels(seen), ' dB seen, ', decibels(at), ' unseen. ');
    }
  if (evidence.length === 0) return undefined;
  return { verdict: byPublished(adapts.ckconv, adapts['oinr-scaled']), evidence };
}

function scaled(measured: Measured): Judgement | undefined {
  const evidence: Evidence[number][] = [];
  let isBest = true;
  for (const name of measured.cases) {
    const own = operatorsOf(measured, name, 'psnr_db');
    const last = own?.at(-1);
    if (own === undefined || last === undefined) return undefined;
    if (own.slice(0, -1).some(({ value }) => value >= last.value)) isBest = false;
    evidence.push(`${name}: `, ...listed(own), ' dB. ');
  }
  if (evidence.length === 0) return undefined;
  return { verdict: isBest ? 'holds' : 'does not hold here', evidence };
}
