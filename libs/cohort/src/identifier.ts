/**
 * A participant's name made safe for file names and BIDS entities: a leading `sub-` goes, and so do
 * underscores, hyphens, dots and spaces. `undefined` for a name that holds anything else than those, letters
 * and digits (slashes, control characters), that points upwards (`..`), that is empty or longer than 64.
 */
export function safeIdentifier(name: string): string | undefined {
  if (!/^[A-Za-z0-9_. -]+$/.test(name) || name.includes('..')) return undefined;
  const safe = name.replace(/^sub-/, '').replace(/[_. -]/g, '');
  return safe.length >= 1 && safe.length <= 64 ? safe : undefined;
}
