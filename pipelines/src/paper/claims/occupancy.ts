import { type Claim, type Evidence, type Judgement, notCheckable, seconds, share } from './claim.ts';
import type { Measured } from './measured.ts';

export const occupancyClaims: readonly Claim[] = [
  {
    where: 'Figs 6 and 12',
    experiment: 'occupancy',
    says: 'O-INR represents the occupancy of bodies with a higher IoU than SIREN.',
    rule: 'IoU after the last step, in every case. Holds with a change (another body and size) where O-INR is above SIREN of as many parameters, else it does not hold here.',
    judge: besideSiren,
  },
  notCheckable(
    'Figs 6 and 12',
    'The IoU of the Thai statue and of Lucy at 512 voxels a side.',
    'The bodies may not be passed on, and a step at that size takes 780 TFLOP; a body of one\u2019s own is given to --volume.',
  ),
];

function besideSiren(measured: Measured): Judgement | undefined {
  const evidence: Evidence[number][] = [];
  let isAbove = true;
  for (const name of measured.cases) {
    const [own, siren, trilinear] = ['oinr', 'siren', 'trilinear'].map((method) =>
      measured.last({ case: name, method, metric: 'iou' }),
    );
    if (own === undefined || siren === undefined) return undefined;
    if (own.value <= siren.value) isAbove = false;
    evidence.push(
      `${name}: O-INR `,
      share(own),
      ' in ',
      seconds(own),
      ' CPU s, SIREN ',
      share(siren),
      ' in ',
    );
    evidence.push(seconds(siren), ' s');
    if (trilinear !== undefined) evidence.push(', boxes of two voxels interpolated ', share(trilinear));
    evidence.push('. ');
  }
  return evidence.length === 0
    ? undefined
    : { verdict: isAbove ? 'holds with a change' : 'does not hold here', evidence };
}
