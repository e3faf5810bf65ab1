/** How T of both signs is drawn. */
export interface SignedRange {
  /** |T| below this is not drawn. */
  readonly threshold: number;
  /** |T| at or above this has the last colour. */
  readonly highest: number;
  /** For the colour bar: what a positive T means, such as `CN > AD`. */
  readonly positive: string;
  /** What a negative T means, such as `CN < AD`. */
  readonly negative: string;
}

/** `+3.1`, `\u22123.1`, `0`. */
export function signedText(value: number): string {
  const text = Math.abs(value).toFixed(1);
  return value > 0 ? `+${text}` : value < 0 ? `\u2212${text}` : '0';
}
