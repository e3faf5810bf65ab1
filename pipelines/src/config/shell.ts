/** A word for a POSIX shell: as it is where nothing in it means anything to a shell, else quoted. */
export function shellWord(word: string): string {
  if (isPlain(word)) return word;
  // Readable quotes where they are enough.
  return isText(word) ? `"${word}"` : singleQuoted(word);
}

/**
 * A word for `npx nx run`, which hands the words after the target to a second shell. Nx puts words with special
 * characters into double quotes, where $ and ` go on to mean something, and words with = in them into none; only words
 * that are in quotes already pass as they are.
 */
export function nxWord(word: string): string {
  if (isPlain(word)) return word;
  const isQuotedByNx = isText(word) && (word.startsWith('--') || !word.includes('='));
  return isQuotedByNx ? `"${word}"` : shellWord(singleQuoted(word));
}

function isPlain(word: string): boolean {
  return /^[\w@%+=:,./-]+$/.test(word);
}

/** Letters of any alphabet, digits, blanks, and signs that mean nothing between double quotes. */
function isText(word: string): boolean {
  return /^[\p{L}\p{N} @%+=:,./_-]+$/u.test(word);
}

function singleQuoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
