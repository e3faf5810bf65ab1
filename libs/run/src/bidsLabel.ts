import { InputError } from '@oinr/errors';

/**
 * A BIDS entity value: letters and digits only. Words are joined in camel case, so `oinr-internal` becomes
 * `oinrInternal` and `002_S_0295` becomes `002S0295`.
 *
 * @throws InputError where nothing is left.
 */
export function bidsLabel(text: string): string {
  const words = text.split(/[^A-Za-z0-9]+/).filter((word) => word !== '');
  const label = words
    .map((word, index) => (index === 0 ? word : word.charAt(0).toUpperCase() + word.slice(1)))
    .join('');
  if (label === '') {
    throw new InputError(`"${text}" has no letter or digit, so it cannot become a BIDS label; rename it.`);
  }
  return label;
}
