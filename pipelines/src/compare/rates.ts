import type { Detections } from '@oinr/agreement';
import type { CellValue } from '@oinr/tables';

/** How well significant voxels agree with a reference, as columns of tables. */
export const rateColumns = [
  'dice',
  'sensitivity',
  'one_minus_precision',
  'type_one_error',
  'type_two_error',
] as const;

export function ratesOf(found: Detections): Record<(typeof rateColumns)[number], CellValue> {
  return {
    dice: found.dice,
    sensitivity: found.sensitivity,
    one_minus_precision: found.oneMinusPrecision,
    type_one_error: found.typeOneError,
    type_two_error: found.typeTwoError,
  };
}
