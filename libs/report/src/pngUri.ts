/** The bytes of a PNG file for the `src` of an image, so that a page needs no other file. */
export function pngUri(bytes: Uint8Array): string {
  return `data:image/png;base64,${Buffer.from(bytes).toString('base64')}`;
}
