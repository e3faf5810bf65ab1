/** Stands on pages, in pictures and in sidecars of imputed scans. */
export const notForDiagnosis = 'For research, not for diagnosis.';
