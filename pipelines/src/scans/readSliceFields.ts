import { readSidecar } from '@oinr/cohort';
import { type SliceFields, sliceFieldsOf } from '@oinr/slices';

/**
 * What the JSON files that belong to an image say of its slices, by the inheritance of BIDS (see readSidecar). `root` is
 * the BIDS folder that was named, if one was.
 *
 * @throws CohortError where a file cannot be understood, InputError where a field is of another type than BIDS says.
 */
export async function readSliceFields(image: string, root?: string): Promise<SliceFields> {
  return sliceFieldsOf(await readSidecar(image, root));
}
