import type { Cohort } from '@oinr/cohort';
import { bidsLabel, type DerivativeDescription, derivativePath, safeJoin, sourceData } from '@oinr/run';
import { missingPercent } from '@oinr/slices';

/** The folders of the BIDS derivative dataset below that of a run. */
export const derivativesBelow = ['derivatives', 'oinr'] as const;

/** The BIDS derivative dataset of a run. */
export function derivativesFolder(runFolder: string): string {
  return safeJoin(runFolder, ...derivativesBelow);
}

/** Its name, the same from every stage that writes into it. */
export function derivativesName(cohort: string): string {
  return `T1-weighted volumes of ${cohort} with imputed slices`;
}

/** What the README of the dataset says, the same from every stage. */
export const derivativesReadme = `Made by oinr. sub-*/anat/*_desc-METHODPERCENT_T1w.nii.gz: scans of which PERCENT of the slices were dropped and imputed by
METHOD; *_space-SPACE_*: the same, and the full scans (desc-preproc), registered to a template. Every image has a JSON
sidecar. \`bids:source:\` in the sidecars is the data set that scans were read from (DatasetLinks in
dataset_description.json; urn:oinr:source-place-not-recorded where its place would tell of the machine: put yours there).
For research, not for diagnosis.`;

/** Where a cohort's images come from, for dataset_description.json of what is derived from them. */
export async function sourceOf(
  { name, root }: Pick<Cohort, 'name' | 'root'>,
  place: { readonly dataset: string; readonly out: string },
): Promise<Pick<DerivativeDescription, 'source' | 'links'>> {
  const { source, link } = await sourceData(name, root, place);
  return { source, links: { source: link } };
}

/** The value of the desc entity: `oinrInternal66` for oinr-internal at 66 % missing. */
export function descLabel(method: string, every: number): string {
  return `${bidsLabel(method)}${missingPercent(every)}`;
}

/** The path of an imputed volume without extension. */
export function imputedPath(runFolder: string, subject: string, method: string, every: number): string {
  const name = { subject, desc: descLabel(method, every), suffix: 'T1w' };
  return derivativePath(derivativesFolder(runFolder), name);
}
