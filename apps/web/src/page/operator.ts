import { InputError } from '@oinr/errors';
import { decodePriorModel, type PriorModel, shippedChecksum } from '@oinr/imputation';

const file = 'oinr-prior.safetensors';

/** The operator that comes with the page. Throws an InputError where it cannot be loaded, PriorModelError for a damaged one. */
export async function loadOperator(): Promise<PriorModel> {
  const response = await fetch(new URL(`weights/${file}`, self.location.href));
  if (!response.ok)
    throw new InputError(`${file} could not be loaded (${response.status}); load the page again.`);
  return decodePriorModel(new Uint8Array(await response.arrayBuffer()), file, shippedChecksum);
}
