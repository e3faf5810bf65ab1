import { type Claim, decibels, type Evidence, type Judgement, notCheckable, steps } from './claim.ts';
import type { Measured } from './measured.ts';
import { rivalCases, rivals, rivalVerdict } from './rivals.ts';

/** A network that gains less on a blur is no gain. */
const gain = 0.3;
/** What may be lost by fitting to the end, dB. */
const loss = 0.5;

const networks = [
  { method: 'oinr', title: 'O-INR' },
  { method: 'oinr-adam', title: 'O-INR by Adam' },
  ...rivals,
];

export const denoisingClaims: readonly Claim[] = [
  {
    where: 'Table 2, Figs 4 and 13',
    experiment: 'denoising',
    says: 'O-INR removes noise of few photons better than SIREN, WIRE and MFN.',
    rule: 'PSNR to the clean image at the best step (the oracle by which the public code scores), in every case. Holds where O-INR with the paper\u2019s recipe is above all three, holds with a change where it is with the recipe muon, else it does not hold here.',
    judge: (measured) => {
      const cases = rivalCases(measured, 'psnr_oracle_db', 'last');
      if (cases === undefined) return undefined;
      const evidence = cases.flatMap(
        ({ name, muon, paper, others }): Evidence => [
          `${name}: O-INR `,
          ...(muon === undefined ? [] : [decibels(muon)]),
          ...(paper === undefined
            ? []
            : [muon === undefined ? '' : ', by Adam as in the paper ', decibels(paper)]),
          ...rivals.flatMap(({ method, title }) => [`, ${title} `, decibels(others[method])]),
          ' dB. ',
        ],
      );
      return { verdict: rivalVerdict(cases), evidence };
    },
  },
  {
    where: 'Table 2, a baseline that it does not have',
    experiment: 'denoising',
    says: 'A network is worth its cost: it removes the noise better than a Gaussian blur.',
    rule: `PSNR to the clean image at the best step, and at the best width of the blur. Holds where the best network is at least ${gain} dB above the blur in every case, else it does not hold here.`,
    judge: besideBlur,
  },
  {
    where: 'Section 4, fits \u201cuntil convergence\u201d',
    experiment: 'denoising',
    says: 'A fit may go on to its end: the noise is not learned.',
    rule: `Of fits that have passed their best step: holds where the last step of every network is at most ${loss} dB below it in every case, else it does not hold here. It cannot be checked where all of them still rise.`,
    judge: toTheEnd,
  },
  notCheckable(
    'Table 2',
    'The numbers of Kodak05 and Kodak19.',
    'Nothing says that these photographs may be passed on; whoever has them gives them to --image.',
  ),
];

function besideBlur(measured: Measured): Judgement | undefined {
  const metric = 'psnr_oracle_db';
  const evidence: Evidence[number][] = [];
  let isBetter = true;
  for (const name of measured.cases) {
    const blur = measured.last({ case: name, method: 'gaussian-blur', metric });
    const found = networks.flatMap(({ method, title }) => {
      const cell = measured.last({ case: name, method, metric });
      return cell === undefined ? [] : [{ title, cell }];
    });
    if (blur === undefined || found.length === 0) return undefined;
    const best = found.reduce((a, b) => (b.cell.value > a.cell.value ? b : a));
    if (best.cell.value < blur.value + gain) isBetter = false;
    evidence.push(`${name}: ${best.title} `, decibels(best.cell), ', blur ', decibels(blur), ' dB. ');
  }
  return evidence.length === 0 ? undefined : { verdict: isBetter ? 'holds' : 'does not hold here', evidence };
}

function toTheEnd(measured: Measured): Judgement | undefined {
  const evidence: Evidence[number][] = [];
  let isKept = true;
  let hasPassed = false;
  for (const name of measured.cases)
    for (const { method, title } of networks) {
      const oracle = measured.last({ case: name, method, metric: 'psnr_oracle_db' });
      const last = measured.last({ case: name, method, metric: 'psnr_db' });
      if (oracle === undefined || last === undefined) continue;
      if (oracle.step < last.step) hasPassed = true;
      if (last.value < oracle.value - loss) isKept = false;
      evidence.push(`${name}, ${title}: `, decibels(oracle), ' dB at step ', steps(oracle), ', ');
      evidence.push(decibels(last), ' at step ', steps(last), '. ');
    }
  if (evidence.length === 0) return undefined;
  const verdict = isKept ? 'holds' : 'does not hold here';
  return { verdict: hasPassed ? verdict : 'cannot be checked here', evidence };
}
