import type { Verdict } from './claim.ts';
import type { Cell, Measured } from './measured.ts';

/** What the paper compares O-INR with. */
export const rivals = [
  { method: 'siren', title: 'SIREN' },
  { method: 'wire', title: 'WIRE' },
  { method: 'mfn', title: 'MFN' },
] as const;

export type Rival = (typeof rivals)[number]['method'];

/** O-INR by both recipes, as far as they were run, and all rivals on one signal. */
export interface RivalCase {
  readonly name: string;
  readonly muon: Cell | undefined;
  readonly paper: Cell | undefined;
  readonly others: Readonly<Record<Rival, Cell>>;
}

/** All cases, by one metric; undefined where one of them lacks O-INR or a rival, or there is none. */
export function rivalCases(
  measured: Measured,
  metric: string,
  point: 'last' | 'best',
): readonly RivalCase[] | undefined {
  const cases = measured.cases.map((name) => {
    const of = (asked: Readonly<Record<string, string>>): Cell | undefined =>
      measured[point]({ case: name, metric, ...asked });
    const [siren, wire, mfn] = rivals.map(({ method }) => of({ method }));
    const muon = of({ method: 'oinr', recipe: 'muon' });
    const paper = of({ method: 'oinr-adam' }) ?? of({ method: 'oinr', recipe: 'paper' });
    if ((muon ?? paper) === undefined || siren === undefined || wire === undefined || mfn === undefined)
      return undefined;
    return { name, muon, paper, others: { siren, wire, mfn } };
  });
  const whole = cases.filter((one) => one !== undefined);
  return whole.length === 0 || whole.length < cases.length ? undefined : whole;
}

/** Whether O-INR is above all rivals in all cases: by the paper's recipe, by another, or not. */
export function rivalVerdict(cases: readonly RivalCase[]): Verdict {
  const isAbove = (recipe: 'muon' | 'paper'): boolean =>
    cases.every((one) => {
      const own = one[recipe];
      return own !== undefined && Object.values(one.others).every(({ value }) => own.value > value);
    });
  return isAbove('paper') ? 'holds' : isAbove('muon') ? 'holds with a change' : 'does not hold here';
}
