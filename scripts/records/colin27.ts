import { markdownTable, origin, type Recipe, thousandths } from './recipe.ts';
import { numberOf, type Value } from './record.ts';

const everys = [2, 3, 4, 6] as const;
const methods = [
  'linear',
  'pchip',
  'cubic',
  'oinr-internal',
  'oinr-prior',
  'oinr-prior-internal',
  'auto',
] as const;

/** All methods on the brain that comes with the repository, at its own 1 mm. */
export const colin27: Recipe = {
  name: 'colin27',
  command: `node benchmarks/imputation.ts cohorts/phantom-base/colin27_brain_1mm.nii.gz --every ${everys.join(' ')} --method oinr-internal oinr-prior oinr-prior-internal auto`,
  makes: [],
  tables: [],
  values({ output }) {
    // k, missing, method, error in all voxels, error in the mask, ratio (of trained methods), CPU seconds, steps
    const rows = output.split('\n').map((line) => line.trim().split(/\s+/));
    const values: Record<string, Value> = {};
    for (const every of everys)
      for (const method of methods) {
        const row = rows.find(([k, , name]) => k === String(every) && name === method);
        if (row === undefined) throw new Error(`The benchmark says nothing of ${method} at k = ${every}.`);
        values[`${every}.${method}`] = Number(row[4]);
        values[`${every}.${method}.seconds`] = Number(row[row.length > 7 ? 6 : 5]);
      }
    return values;
  },
  texts: (record) => ({
    table: `${markdownTable(
      ['slices kept', ...methods],
      everys.map((every) => [
        `1 of ${every}`,
        ...methods.map((method) => thousandths(numberOf(record, `${every}.${method}`))),
      ]),
    )}

Mean squared error x 1000 in the brain. ${origin(record)}`,
  }),
};
