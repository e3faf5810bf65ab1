import { type Claim, decibels, type Evidence, type Judgement, steps, type Verdict } from './claim.ts';
import type { Measured } from './measured.ts';

/** What the paper gives for its clip, dB. */
const published = 35.68;
const heldOut = 'psnr_held_out_db';

export const videoClaims: readonly Claim[] = [
  {
    where: 'Fig. 7, Appendix H',
    experiment: 'video',
    says: `O-INR represents the frames of a video (${published} dB for a cat).`,
    rule: `PSNR after the last step. Holds with a change (another clip) where it reaches ${published} dB in every case; else it cannot be checked here, since that clip is not to be had and the paper does not give the budget.`,
    judge: consecutive,
  },
  {
    where: 'Fig. 5',
    experiment: 'video',
    says: 'O-INR predicts frames that were left out of the fit, better than a network of coordinates.',
    rule: 'PSNR to the frames held out after the last step, in every case. Holds where O-INR with the paper\u2019s gamma is above SIREN and above the mean of all frames, holds with a change where it is with time as waves, else it does not hold here.',
    judge: sparse,
  },
  {
    where: 'Fig. 5, a baseline that it does not have',
    experiment: 'video',
    says: 'Frames that were left out are predicted better than by blending their two neighbours.',
    rule: 'PSNR to the frames held out after the last step, in every case. Holds where O-INR with the paper\u2019s gamma is above the blend, holds with a change where it is with time as waves, else it does not hold here.',
    judge: besideBlend,
  },
];

function consecutive(measured: Measured): Judgement | undefined {
  const cells = measured.cases.map((name) => ({
    name,
    cell: measured.last({ case: name, method: 'oinr-consecutive', metric: 'psnr_db' }),
  }));
  const evidence: Evidence[number][] = [];
  for (const { name, cell } of cells) {
    if (cell === undefined) return undefined;
    evidence.push(`${name}: `, decibels(cell), ' dB after ', steps(cell), ' steps. ');
  }
  if (cells.length === 0) return undefined;
  const isReached = cells.every(({ cell }) => cell !== undefined && cell.value >= published);
  return { verdict: isReached ? 'holds with a change' : 'cannot be checked here', evidence };
}

function sparse(measured: Measured): Judgement | undefined {
  return heldOutVerdict(measured, [
    { method: 'siren-sparse', title: 'SIREN' },
    { method: 'static-mean', title: 'mean of all frames' },
  ]);
}

function besideBlend(measured: Measured): Judgement | undefined {
  return heldOutVerdict(measured, [{ method: 'blend', title: 'blend of the neighbours' }]);
}

/** Whether O-INR is above some others on frames held out: by the paper's gamma, by waves, or not. */
function heldOutVerdict(
  measured: Measured,
  others: readonly { readonly method: string; readonly title: string }[],
): Judgement | undefined {
  const evidence: Evidence[number][] = [];
  const isAbove = { shift: true, waves: true };
  for (const name of measured.cases) {
    const of = (method: string) => measured.last({ case: name, method, metric: heldOut });
    const [shift, waves] = [of('oinr-sparse'), of('oinr-waves-sparse')];
    if (shift === undefined || waves === undefined) return undefined;
    evidence.push(`${name}: O-INR with gamma added `, decibels(shift), ', with waves ', decibels(waves));
    for (const { method, title } of others) {
      const cell = of(method);
      if (cell === undefined) return undefined;
      if (shift.value <= cell.value) isAbove.shift = false;
      if (waves.value <= cell.value) isAbove.waves = false;
      evidence.push(`, ${title} `, decibels(cell));
    }
    evidence.push(' dB. ');
  }
  const verdict: Verdict = isAbove.shift
    ? 'holds'
    : isAbove.waves
      ? 'holds with a change'
      : 'does not hold here';
  return evidence.length === 0 ? undefined : { verdict, evidence };
}
