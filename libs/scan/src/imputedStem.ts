/** `sub-01_ses-2_desc-auto_T1w` for `sub-01_ses-2_T1w`, `scan_desc-auto` for any other name. */
export function imputedStem(stem: string, label: string): string {
  const bids = /^(sub-.+)_([A-Za-z0-9]+)$/.exec(stem);
  return bids === null ? `${stem}_desc-${label}` : `${bids[1]}_desc-${label}_${bids[2]}`;
}
