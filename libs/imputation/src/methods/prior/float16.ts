// IEEE 754 half precision: 1 bit of sign, 5 of exponent, 10 of fraction. Node 22 has no Float16Array yet.

/** The bits of the float16 nearest to a number, ties to even; what is too large becomes infinite. */
export function float16Bits(value: number): number {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  if (Number.isNaN(value)) return 0x7e00;
  const size = Math.abs(value);
  // 65520 lies half way between the largest float16 and what would be the next.
  if (size >= 65520) return sign | 0x7c00;
  // Below 2^-14 values are multiples of 2^-24; above, of 2^-10 times their own power of two.
  const exponent = Math.max(-14, Math.floor(Math.log2(size)));
  const steps = roundHalfEven(size / 2 ** (exponent - 10));
  // Steps that round up to 2048 carry over into the exponent by themselves, and below 1024 the exponent is that of subnormals.
  return sign | (size === 0 ? 0 : ((exponent + 14) << 10) + steps);
}

/** The number that the bits of a float16 stand for. */
export function float16Value(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}

function roundHalfEven(value: number): number {
  const whole = Math.floor(value);
  const rest = value - whole;
  return rest > 0.5 || (rest === 0.5 && whole % 2 === 1) ? whole + 1 : whole;
}
