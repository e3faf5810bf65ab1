import { UsageError } from '@oinr/errors';

/** Shares of imputed scans by the names of groups. */
export type NamedShares = ReadonlyMap<string, number>;

/**
 * Mixtures as words say them: `CN=0.5 AD=0.5`, and again from the first group that is named twice.
 *
 * @throws UsageError that names the word: no share, or one outside of 0 to 1.
 */
export function parseMixtures(words: readonly string[]): NamedShares[] {
  const mixtures: Map<string, number>[] = [];
  for (const word of words) {
    const at = word.lastIndexOf('=');
    const group = word.slice(0, at).trim();
    const digits = word.slice(at + 1).trim();
    const share = /^(\d+\.?\d*|\.\d+)(e-?\d+)?$/i.test(digits) ? Number(digits) : Number.NaN;
    if (at < 1 || group === '' || !(share >= 0 && share <= 1))
      throw new UsageError(
        `--mix needs groups with the share of their scans that has few slices, from 0 to 1, such as --mix CN=0.5 AD=0.5, but got ${JSON.stringify(word)}.`,
      );
    const last = mixtures.at(-1);
    if (last === undefined || last.has(group)) mixtures.push(new Map([[group, share]]));
    else last.set(group, share);
  }
  return mixtures;
}
