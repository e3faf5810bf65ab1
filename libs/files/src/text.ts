/** What a file is that somebody took for text, by its first bytes. */
const binaries: readonly (readonly [start: readonly number[], what: string])[] = [
  [[0x50, 0x4b, 0x03, 0x04], 'is a zip archive or an Excel workbook (.xlsx), not text. Save it as text'],
  [[0xd0, 0xcf, 0x11, 0xe0], 'is an old Excel workbook (.xls), not text. Save it as text'],
  [[0x1f, 0x8b], 'is compressed (gzip), not text. Unpack it first'],
];

/**
 * The text of a file's bytes: UTF-8, or UTF-16 where it begins with that byte-order mark; the mark itself is no part of
 * the text. Where the bytes are no text, `fault` says what they are, to stand behind the file's name in a sentence.
 */
export function decodeText(bytes: Uint8Array): { readonly text: string } | { readonly fault: string } {
  for (const [start, what] of binaries)
    if (start.every((byte, index) => bytes[index] === byte)) return { fault: what };
  const [first, second] = bytes;
  const encoding =
    first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8';
  if (encoding === 'utf-8' && bytes.includes(0))
    return { fault: 'holds bytes of zero, so it is no text, or UTF-16 without its mark. Save it as UTF-8' };
  try {
    return { text: new TextDecoder(encoding, { fatal: true }).decode(bytes) };
  } catch (error) {
    if (error instanceof RangeError || (error as { code?: unknown }).code === 'ERR_STRING_TOO_LONG')
      return { fault: 'is too large to be read as text' };
    return {
      fault: `is not ${encoding === 'utf-8' ? 'UTF-8' : 'UTF-16'} text. Save it as UTF-8 (spreadsheets: "CSV UTF-8" or text)`,
    };
  }
}
