import type { ScanErrorMaps } from './errorMapsOf.ts';

/** `sub-01_ses-2_desc-auto_T1w` for `sub-01_ses-2_T1w`, `scan_desc-auto` for any other name. */
export function imputedStem(stem: string, label: string): string {
  const bids = bidsName.exec(stem);
  return bids === null ? `${stem}_desc-${label}` : `${bids[1]}_desc-${label}_${bids[2]}`;
}

/** `sub-01_ses-2_desc-auto_s68` for `sub-01_ses-2_T1w`, `scan_desc-auto_s68` for any other name: nobody takes it for a scan. */
export function errorMapStem(stem: string, label: string, map: keyof ScanErrorMaps): string {
  return `${bidsName.exec(stem)?.[1] ?? stem}_desc-${label}_${map}`;
}

const bidsName = /^(sub-.+)_([A-Za-z0-9]+)$/;
