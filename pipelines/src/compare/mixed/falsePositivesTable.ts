import {
  type FamilyWiseError,
  familyWiseError,
  isNaiveMixture,
  type NullDesign,
  nullDesigns,
} from '@oinr/mixture';
import type { Unit } from '@oinr/run';
import { type CellValue, type Table, tableOf } from '@oinr/tables';
import { aboutDataSet, type DataSet } from '../dataSets.ts';
import { doMixedUnit, type MixedRun } from './mixedRun.ts';

/** Relabelings of every draw: enough for a family-wise p of 0.05. */
const permutations = 500;
/** Draws of designs that are known to fail. */
const mostNaive = 200;

/** A counted design. */
export interface Counted {
  readonly design: NullDesign;
  readonly dataSet: DataSet;
  readonly error: FamilyWiseError;
}

/** The designs to count with a data set: with the full one that of full scans, with an imputed one the others. */
export function countedDesigns(
  { full, plan }: MixedRun,
  dataSet: DataSet,
): { design: NullDesign; dataSet: DataSet }[] {
  const [allFull, ...others] = nullDesigns;
  const designs = dataSet === full ? [allFull] : plan.dataSets.includes(dataSet) ? others : [];
  return designs.map((design) => ({ design, dataSet }));
}

/** How often random groups differ by a design, or what an earlier run has counted. */
export async function countErrors(
  mixed: MixedRun,
  { design, dataSet }: Pick<Counted, 'design' | 'dataSet'>,
  wanted: number,
): Promise<Counted> {
  const { work, run, values, inputsOf, plan } = mixed;
  const { covariates } = plan.peopleWithFull;
  const { mixSeed: seed, jobs: threads, alpha, falsePositivesSize: size } = run.config;
  const draws = isNaiveMixture(design) ? Math.min(wanted, mostNaive) : wanted;
  const unit: Unit<FamilyWiseError> = {
    name: ['false positives', dataSet.id, `${design.name} ${design.model}`],
    kind: 'falsePositives',
    what: `false positives, ${design.name}, ${dataSet.name}, ${design.model}`,
    inputs: async () => ({
      ...(await inputsOf(dataSet)),
      ...{ shares: design.shares, model: design.model, draws, size, permutations, alpha, seed },
    }),
    async run({ onProgress }) {
      const pair = await values.pairWith(dataSet);
      const row = await familyWiseError(pair, design, {
        ...{ draws, size, permutations, alpha, seed, threads, covariates },
        signal: work.signal,
        onProgress: (done) => onProgress(done / draws),
      });
      return { row, outputs: [] };
    },
  };
  return { design, dataSet, error: (await doMixedUnit(mixed, unit)).row };
}

/** tables/false_positives.tsv */
export function falsePositivesTable({ run: { config } }: MixedRun, counted: readonly Counted[]): Table {
  const columns = [
    ...[
      'design',
      'method',
      'missing_percent',
      'k',
      'model',
      'smooth_mm',
      'per_group',
      'permutations',
      'alpha',
    ],
    ...['draws', 'errors', 'family_wise_error', 'low', 'high'],
  ];
  return tableOf(
    columns,
    counted.map(
      ({ design, dataSet, error: { draws, errors, rate, low, high } }): Record<string, CellValue> => ({
        design: design.name,
        ...aboutDataSet(dataSet),
        model: design.model,
        smooth_mm: config.smooth,
        per_group: config.falsePositivesSize,
        permutations,
        alpha: config.alpha,
        draws,
        errors,
        family_wise_error: rate,
        low,
        high,
      }),
    ),
  );
}

/** tables/false_positive_draws.tsv: in which draws anything was significant, so that single draws can be made again. */
export function drawsTable(counted: readonly Counted[]): Table {
  return tableOf(
    ['design', 'method', 'missing_percent', 'model', 'draw', 'significant'],
    counted.flatMap(({ design, dataSet, error: { outcomes } }) => {
      const { method, missing_percent } = aboutDataSet(dataSet);
      return Array.from(outcomes, (outcome, draw) => ({
        ...{ design: design.name, method, missing_percent, model: design.model, draw: draw + 1 },
        significant: outcome === '-' ? undefined : Number(outcome),
      }));
    }),
  );
}
