import type { Detections } from '@oinr/agreement';
import type { CellValue } from '@oinr/tables';

/** How well significant voxels agree with a reference, as columns of tables. */
export const rateColumns = [
  'dice',
  'sensitivity',
  'false_discovery_rate',
  'type_one_error',
  'type_two_error',
] as const;

export function ratesOf(found: Detections): Record<(typeof rateColumns)[number], CellValue> {
  return {
    dice: found.dice,
    sensitivity: found.sensitivity,
    false_discovery_rate: found.falseDiscoveryRate,
    type_one_error: found.typeOneError,
    type_two_error: found.typeTwoError,
  };
}
