/**
 * The error function in float64: erf(x) = 2 / sqrt(pi) exp(-x^2) sum of 2^n x^(2n+1) / (1 3 5 ... (2n+1))
 * (Abramowitz and Stegun 7.1.6). All terms have one sign, so nothing cancels; error about 1e-16.
 */
export function errorFunction(x: number): number {
  if (Math.abs(x) > 6) return Math.sign(x); // 1 - erf(6) is 2e-17
  let term = x;
  let total = x;
  for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(total); n++) {
    term *= (2 * x * x) / (2 * n + 1);
    total += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * total || x;
}
