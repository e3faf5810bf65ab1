import { type Claim, decibels, type Evidence, type Judgement } from './claim.ts';
import type { Cell, Measured } from './measured.ts';

/** What noise may cost against sinusoids, dB. */
const price = 1;
/** By how much a network of single pixels has to fail, dB. */
const failure = 5;

export const noiseClaims: readonly Claim[] = [
  {
    where: 'Remark 2, Fig. 16',
    experiment: 'noise',
    says: 'Fixed noise can take the place of the encoding.',
    rule: `PSNR after the last step of O-INR on noise alone against all octaves, in every case. Holds where noise is at most ${price} dB below by the paper\u2019s optimiser, holds with a change where it is by Muon, else it does not hold here.`,
    judge: inPlaceOfOctaves,
  },
  {
    where: 'Remark 2',
    experiment: 'noise',
    says: 'That is the work of the convolutions: a network of single pixels learns nothing from noise.',
    rule: `PSNR after the last step on noise alone, in every case. Holds where the network of single pixels is at least ${failure} dB below O-INR, else it does not hold here.`,
    judge: pointwise,
  },
];

interface NoiseCells {
  readonly name: string;
  readonly noise?: Cell;
  readonly octaves?: Cell;
}

/** The ends on noise alone and on octaves alone, by the kind of network and a recipe. */
function cellsOf(measured: Measured, kind: 'oinr' | 'pointwise', recipe: string): NoiseCells[] {
  const methods = [...new Set(measured.table.rows.map(({ method }) => method))];
  return measured.cases.map((name) => {
    const asked = { case: name, metric: 'psnr_db', recipe };
    const alone = methods
      .filter((method) => method.startsWith(`${kind}-`) && method.endsWith('-noise'))
      .flatMap((method) => measured.last({ ...asked, method, octaves: '0' }) ?? []);
    // Of octaves there may be several numbers; the most are the paper's.
    const octaves = measured
      .all({ ...asked, method: kind })
      .toSorted((a, b) => octavesAt(measured, a) - octavesAt(measured, b) || a.step - b.step)
      .at(-1);
    return { name, noise: alone[0], octaves };
  });
}

const octavesAt = ({ table }: Measured, { row }: Cell): number => Number(table.rows[row].octaves);

function inPlaceOfOctaves(measured: Measured): Judgement | undefined {
  const evidence: Evidence[number][] = [];
  const works = { paper: true, muon: true };
  for (const recipe of ['paper', 'muon'] as const)
    for (const { name, noise, octaves } of cellsOf(measured, 'oinr', recipe)) {
      if (noise === undefined || octaves === undefined) {
        works[recipe] = false;
        continue;
      }
      if (noise.value < octaves.value - price) works[recipe] = false;
      evidence.push(`${name}, ${recipe}: noise `, decibels(noise), ', octaves ', decibels(octaves), ' dB. ');
    }
  if (evidence.length === 0) return undefined;
  const verdict = works.paper ? 'holds' : works.muon ? 'holds with a change' : 'does not hold here';
  return { verdict, evidence };
}

function pointwise(measured: Measured): Judgement | undefined {
  const own = cellsOf(measured, 'oinr', 'paper');
  const pixels = cellsOf(measured, 'pointwise', 'paper');
  const evidence: Evidence[number][] = [];
  let isFailing = true;
  for (const [n, { name, noise }] of own.entries()) {
    const alone = pixels[n].noise;
    if (noise === undefined || alone === undefined) return undefined;
    if (alone.value > noise.value - failure) isFailing = false;
    evidence.push(`${name}: O-INR `, decibels(noise), ', single pixels ', decibels(alone), ' dB. ');
  }
  return evidence.length === 0
    ? undefined
    : { verdict: isFailing ? 'holds' : 'does not hold here', evidence };
}
