/** The few functions of jStat 1.9 that are used here; the package has no types of its own. */
declare module 'jstat' {
  interface JStat {
    /** Regularised incomplete beta function I_x(a, b). */
    ibeta(x: number, a: number, b: number): number;
    readonly beta: { inv(p: number, alpha: number, beta: number): number };
    readonly studentt: { inv(p: number, degreesOfFreedom: number): number };
  }
  const library: { readonly jStat: JStat };
  export = library;
}
