import { CohortError } from './errors.ts';
import type { OpenOptions } from './openCohort.ts';
import type { BidsDescription, PhantomDescription } from './schema.ts';

export async function openPhantom(
  description: PhantomDescription & { readonly file: string },
  _options: OpenOptions,
): Promise<{ root: string; description: BidsDescription & { readonly file: string } }> {
  throw new CohortError(`${description.file} describes a phantom, which cannot be made yet.`);
}
