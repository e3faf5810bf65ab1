import { showCell } from '@oinr/report';
import { type Table, tableOf } from '@oinr/tables';
import type { ExperimentName } from '../experimentNames.ts';
import type { Claim, Evidence, Verdict } from './claim.ts';
import { Measured } from './measured.ts';

/** A claim with what came of it. */
export interface JudgedClaim extends Pick<Claim, 'where' | 'says' | 'rule' | 'experiment'> {
  readonly verdict: Verdict;
  readonly evidence: Evidence;
}

/** The tables of the experiments that were run, by their names. */
export type ExperimentTables = ReadonlyMap<ExperimentName, Table>;

/** Judges every claim by its rule, from the tables and nothing else. */
export function judged(claims: readonly Claim[], tables: ExperimentTables): JudgedClaim[] {
  return claims.map(({ where, says, rule, experiment, judge }) => {
    const own = { where, says, rule, experiment };
    const cannot = (why: string): JudgedClaim => ({
      ...own,
      verdict: 'cannot be checked here',
      evidence: [why],
    });
    if (experiment === undefined || judge === undefined) return cannot(rule);
    const table = tables.get(experiment);
    if (table === undefined)
      return cannot(`The experiment ${experiment} was not run: --experiment ${experiment}.`);
    const judgement = judge(new Measured(table));
    return judgement === undefined
      ? cannot(
          `tables/${experiment}.tsv lacks rows that the rule asks for: some methods were not run, or failed.`,
        )
      : { ...own, ...judgement };
  });
}

/** tables/verdicts.tsv */
export function verdictsTable(claims: readonly JudgedClaim[], tables: ExperimentTables): Table {
  return tableOf(
    ['paper', 'claim', 'verdict', 'evidence', 'rule', 'sources'],
    claims.map(({ where, says, verdict, evidence, rule, experiment }) => {
      const table = experiment === undefined ? undefined : tables.get(experiment);
      const lines = evidence.flatMap((part) => (typeof part === 'string' ? [] : [part.row + 2]));
      const words = evidence.map((part) =>
        typeof part === 'string' ? part : showCell(table?.rows[part.row]?.[part.column], part.format),
      );
      return {
        ...{ paper: where, claim: says, verdict, evidence: words.join('').trim(), rule },
        sources:
          lines.length === 0 ? undefined : `tables/${experiment}.tsv, lines ${[...new Set(lines)].join(' ')}`,
      };
    }),
  );
}
