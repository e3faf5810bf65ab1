/** One row of Table 3 of the paper. */
export interface PaperRow {
  readonly missingPercent: number;
  readonly testMse: number;
  readonly trainMse: number;
}

/**
 * Table 3 of "Implicit Representations via Operator Learning" (ICML 2024): MSE of O-INR on ADNI T1 scans against the
 * share of missing slices. Scale: (stored value / 255)², over the whole volume of a stripped brain. The paper's data
 * (ADNI) are not ours, so the numbers stand side by side for orientation, not as a contest.
 */
export const paperTable3: readonly PaperRow[] = [
  { missingPercent: 50, testMse: 8.3e-5, trainMse: 2.2e-5 },
  { missingPercent: 66, testMse: 2.4e-4, trainMse: 3.1e-5 },
  { missingPercent: 75, testMse: 4.7e-4, trainMse: 1.4e-6 },
  { missingPercent: 80, testMse: 7.7e-4, trainMse: 1.6e-5 },
  { missingPercent: 82, testMse: 1.1e-3, trainMse: 2.7e-6 },
];

/** What must stand beside every use of those numbers. */
export const paperTable3Scale =
  'paper: O-INR on ADNI scans, MSE of (stored value / 255) over the whole volume; other data than ours';
