import { type Claim, decibels, type Evidence, type Judgement, notCheckable, seconds } from './claim.ts';
import type { Cell, Measured } from './measured.ts';
import { type RivalCase, rivalCases, rivals, rivalVerdict } from './rivals.ts';

const asPaper = 'Table 1, Figs 3 and 11';

export const imageClaims: readonly Claim[] = [
  {
    where: asPaper,
    experiment: 'images',
    says: 'O-INR represents photographs with a higher PSNR than SIREN, WIRE and MFN of as many parameters.',
    rule: 'PSNR after the last step, in every case. Holds where O-INR with the paper\u2019s recipe is above all three, holds with a change where it is with the recipe muon, else it does not hold here.',
    judge: (measured) => {
      const cases = rivalCases(measured, 'psnr_db', 'last');
      return (
        cases && { verdict: rivalVerdict(cases), evidence: cases.flatMap((one) => inWords(one, measured)) }
      );
    },
  },
  {
    where: asPaper,
    experiment: 'images',
    says: 'A fit of O-INR takes less computing time than one of SIREN, WIRE and MFN.',
    rule: 'CPU seconds of a step, in every case. Holds where those of O-INR are below all three, else it does not hold here.',
    judge: timeOfSteps,
  },
  notCheckable(
    'Table 1',
    'The numbers of Train, Fern and Walnut.',
    'These three images are from DIV2K, which may not be passed on, and the paper does not say which ones they are.',
  ),
];

function inWords({ name, muon, paper, others }: RivalCase, measured: Measured): Evidence {
  const bicubic = measured.last({ case: name, method: 'bicubic', metric: 'psnr_db' });
  const slow = measured.last({ case: name, method: 'siren-1e-4', metric: 'psnr_db' });
  return [
    `${name}: O-INR `,
    ...(muon === undefined ? [] : [decibels(muon)]),
    ...(paper === undefined ? [] : [muon === undefined ? '' : ', by Adam as in the paper ', decibels(paper)]),
    ...rivals.flatMap(
      ({ method, title }): Evidence => [
        `, ${title} `,
        decibels(others[method]),
        ...(method === 'siren' && slow !== undefined
          ? [' (with the rate of its repository ', decibels(slow), ')']
          : []),
      ],
    ),
    ...(bicubic === undefined ? [] : [', a thumbnail of as many numbers ', decibels(bicubic)]),
    ' dB. ',
  ];
}

function timeOfSteps(measured: Measured): Judgement | undefined {
  const cases = measured.cases.map((name) => {
    const of = (method: string): Cell | undefined => measured.last({ case: name, method, metric: 'psnr_db' });
    return {
      name,
      own: of('oinr'),
      others: rivals.map(({ method, title }) => ({ title, cell: of(method) })),
    };
  });
  const perStep = ({ seconds: spent, step }: Cell): number => spent / step;
  const evidence: Evidence[number][] = [];
  let isFaster = true;
  for (const { name, own, others } of cases) {
    if (own === undefined || own.step === 0) return undefined;
    evidence.push(`${name}: O-INR `, seconds(own));
    for (const { title, cell } of others) {
      if (cell === undefined || cell.step === 0) return undefined;
      if (perStep(cell) <= perStep(own)) isFaster = false;
      evidence.push(`, ${title} `, seconds(cell));
    }
    evidence.push(' s for as many steps. ');
  }
  return cases.length === 0 ? undefined : { verdict: isFaster ? 'holds' : 'does not hold here', evidence };
}
