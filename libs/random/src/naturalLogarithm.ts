/**
 * ln(x) for finite, normal x > 0, made of additions, multiplications and one division only.
 *
 * ECMAScript leaves the last bit of `Math.log` to the engine, while + - * / and sqrt are exact by IEEE 754. Noise
 * drawn through this function is therefore the same, bit by bit, on every engine and machine.
 * Relative error below 4e-16. Throws a RangeError for anything else than a positive normal number.
 *
 * Method: x = m 2^e with m in [sqrt(1/2), sqrt(2)), ln m = 2 artanh(t) with t = (m - 1) / (m + 1), |t| < 0.172, and the
 * Taylor series of artanh to t^23 (remainder below 1e-20).
 */
export function naturalLogarithm(x: number): number {
  if (!(x >= SMALLEST_NORMAL && x <= Number.MAX_VALUE)) {
    throw new RangeError(
      `naturalLogarithm needs a positive, finite, normal number, but got ${x}; check what was passed.`,
    );
  }
  bits.setFloat64(0, x);
  const high = bits.getUint32(0);
  let exponent = (high >>> 20) - 1023;
  bits.setUint32(0, (high & 0x000fffff) | 0x3ff00000);
  let mantissa = bits.getFloat64(0);
  if (mantissa >= Math.SQRT2) {
    mantissa /= 2;
    exponent += 1;
  }
  const t = (mantissa - 1) / (mantissa + 1);
  const q = t * t;
  let series = ARTANH_23;
  series = ARTANH_21 + q * series;
  series = ARTANH_19 + q * series;
  series = ARTANH_17 + q * series;
  series = ARTANH_15 + q * series;
  series = ARTANH_13 + q * series;
  series = ARTANH_11 + q * series;
  series = ARTANH_9 + q * series;
  series = ARTANH_7 + q * series;
  series = ARTANH_5 + q * series;
  series = ARTANH_3 + q * series;
  // ln 2 in two parts: the high part has trailing zero bits, so its product with the exponent is exact (as in fdlibm).
  return exponent * LN2_HIGH + (exponent * LN2_LOW + 2 * (t + t * (q * series)));
}

// Taylor coefficients of artanh(t) / t in t^2, written out: a division each would double the time.
const ARTANH_3 = 1 / 3;
const ARTANH_5 = 1 / 5;
const ARTANH_7 = 1 / 7;
const ARTANH_9 = 1 / 9;
const ARTANH_11 = 1 / 11;
const ARTANH_13 = 1 / 13;
const ARTANH_15 = 1 / 15;
const ARTANH_17 = 1 / 17;
const ARTANH_19 = 1 / 19;
const ARTANH_21 = 1 / 21;
const ARTANH_23 = 1 / 23;

const SMALLEST_NORMAL = 2 ** -1022;
const LN2_HIGH = 6.931471803691238e-1;
const LN2_LOW = 1.9082149292705877e-10;
const bits = new DataView(new ArrayBuffer(8));
