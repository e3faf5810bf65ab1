/**
 * For every observed value, how many values of a null distribution reach it: value >= observed - tolerance. NaN
 * (an excluded voxel) gives 0. shape of the result: that of `observed`. `tolerance` may be one number per entry.
 */
export function exceedanceCounts(
  observed: Float64Array,
  nullValues: Float64Array,
  tolerance: number | Float64Array,
): Uint32Array {
  const sorted = nullValues.slice().sort();
  return Uint32Array.from(observed, (value, i) => {
    if (Number.isNaN(value)) return 0;
    const margin = typeof tolerance === 'number' ? tolerance : tolerance[i];
    // Infinity - Infinity is no number, and no margin is needed there.
    const bound = Number.isFinite(value) ? value - margin : value;
    let low = 0;
    let high = sorted.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sorted[middle] >= bound) high = middle;
      else low = middle + 1;
    }
    return sorted.length - low;
  });
}

/** Most relabelings that may reach an observed value for it to be significant at alpha: floor(alpha P). */
export function significantCount(alpha: number, relabelings: number): number {
  // 0.29 * 100 is 28.999999999999996: a product that is an integer up to rounding is that integer.
  return Math.floor(alpha * relabelings + 1e-9 * relabelings);
}

/** The (floor(alpha P) + 1)-th largest value of a null distribution of P values (-Infinity when there is none). */
export function criticalValue(nullValues: Float64Array, alpha: number): number {
  const sorted = nullValues.slice().sort();
  return sorted[sorted.length - 1 - significantCount(alpha, sorted.length)] ?? Number.NEGATIVE_INFINITY;
}
