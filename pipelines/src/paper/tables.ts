import { type Table, tableOf } from '@oinr/tables';
import type { PaperSettings } from './experiment.ts';
import type { PaperTask, TrialRow } from './plan.ts';

/** Columns of tables/<experiment>.tsv. */
const columns = [
  ...[
    'experiment',
    'case',
    'size',
    'method',
    'recipe',
    'parameters',
    'octaves',
    'seed',
    'step',
    'cpu_seconds',
  ],
  ...['metric', 'value', 'shape', 'learning_rate', 'engine'],
];

/** One row for every measured point. On a GPU cpu_seconds are those of the wall; `engine` tells. */
export function experimentTable(rows: readonly TrialRow[], { size, seed, engine }: PaperSettings): Table {
  return tableOf(
    columns,
    rows.flatMap(({ experiment, case: name, method, shape, measurements }) =>
      measurements.map((one) => ({
        ...{ experiment, case: name, size, method: one.method ?? method, recipe: one.recipe },
        ...{ parameters: one.parameters, octaves: one.octaves, seed, step: one.step },
        cpu_seconds: one.seconds === undefined ? undefined : Math.round(1000 * one.seconds) / 1000,
        ...{ metric: one.metric, value: one.value, shape, learning_rate: one.learningRate, engine },
      })),
    ),
  );
}

/** A trial that has no result, or, without a method, a whole case. */
export interface FailedTrial extends PaperTask {
  readonly method?: string;
  readonly message: string;
}

/** tables/failures.tsv */
export function failuresTable(failures: readonly FailedTrial[], hide: (text: string) => string): Table {
  return tableOf(
    ['experiment', 'case', 'method', 'reason'],
    failures.map(({ experiment, case: name, method, message }) => ({
      experiment,
      case: name,
      method,
      reason: hide(message),
    })),
  );
}

/** tables/pictures.tsv: what is to be seen, and in which file. */
export function picturesTable(rows: readonly TrialRow[]): Table {
  return tableOf(
    ['experiment', 'case', 'method', 'label', 'file'],
    rows.flatMap(({ experiment, case: name, method, pictures }) =>
      pictures.map(({ label, file }) => ({ experiment, case: name, method, label, file })),
    ),
  );
}

/** tables/remarks.tsv: what was changed of a signal to use it, and what to know of a result. */
export function remarksTable(rows: readonly TrialRow[], hide: (text: string) => string): Table {
  return tableOf(
    ['experiment', 'case', 'method', 'remark'],
    rows.flatMap(({ experiment, case: name, method, remarks }) =>
      remarks.map((remark) => ({ experiment, case: name, method, remark: hide(remark) })),
    ),
  );
}
