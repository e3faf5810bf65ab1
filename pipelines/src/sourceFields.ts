import { CohortError, readSidecar } from '@oinr/cohort';
import { type SourceFields, sourceFieldsOf } from '@oinr/scan';

/**
 * The fields of a scan's metadata (the JSON files that apply to it, by the inheritance of BIDS) that hold for a volume made
 * of it: scanner, sequence, and whatever else was noted. `root`: the folder of its data set.
 */
export async function sourceFields(image: string, root: string | undefined): Promise<SourceFields> {
  try {
    return sourceFieldsOf(await readSidecar(image, root));
  } catch (error) {
    if (!(error instanceof CohortError)) throw error;
    // Its sentence names files, which sidecars do not.
    return {
      fields: {},
      remarks: ['The JSON sidecar of the scan could not be read, so none of its fields was carried over.'],
    };
  }
}
