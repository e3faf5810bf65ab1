import { predictionTrials } from '@oinr/scan';
import { origin, type Recipe } from './recipe.ts';
import { numberOf } from './record.ts';

/** What a method foresees of its error on thick slices, and what it is. */
export const predictedError: Recipe = {
  name: 'predicted-error',
  command:
    'node benchmarks/thickSlices.ts cohorts/phantom-base/colin27_brain_1mm.nii.gz --thickness 5 --assumed box --method linear oinr-internal oinr-prior',
  makes: [],
  tables: [],
  values({ output }) {
    const rows = output.split('\n').map((line) => line.trim().split(/\s+/));
    const row = (method: string): string[] => {
      const found = rows.find(([profile, name]) => profile === 'box' && name === method);
      if (found === undefined) throw new Error(`The benchmark says nothing of ${method}.`);
      return found;
    };
    return {
      predicted: Number(row('oinr-internal')[3]) / 1000,
      true: Number(row('oinr-internal')[2]) / 1000,
      linear: Number(row('linear')[2]) / 1000,
      prior: Number(row('oinr-prior')[2]) / 1000,
    };
  },
  texts: (record) => ({
    sentence: `- Predicted errors are no bounds: in ${predictionTrials.trials} trials with full scans ${predictionTrials.ratios} times the true ones ([measured](docs/method.md#predicted-errors)). For axial
  slices of 5 mm of the Colin27 brain ${inTenths(numberOf(record, 'predicted'))} was predicted, and the true error was ${inTenths(numberOf(record, 'true'))} (linear: ${inTenths(numberOf(record, 'linear'))}). ${origin(record)}`,
  }),
};

/** `1.80e-3` */
export function inTenths(value: number): string {
  return value.toExponential(2);
}
