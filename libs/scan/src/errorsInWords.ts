/** In how many trials with full scans predicted errors were held against true ones, and predicted over true (docs/method.md). */
export const predictionTrials = { trials: 40, ratios: '0.7 to 1.3' } as const;

/** `nearest 6.27e-3, linear 2.49e-3, oinr-internal 1.31e-3`: predicted mean squared errors by method; '' where there are none. */
export function errorsInWords(predicted: Readonly<Record<string, number>>): string {
  return Object.entries(predicted)
    .map(([name, error]) => `${name} ${error.toExponential(2)}`)
    .join(', ');
}
