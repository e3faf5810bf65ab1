import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { writeFileAtomic } from '@oinr/files';

const types = { Uint32Array, Float32Array, Float64Array } as const;
type NumberArray = Uint32Array | Float32Array | Float64Array;

/** Arrays of numbers by name, and what JSON can say of them. */
export interface Arrays<About, Name extends string> {
  readonly about: About;
  readonly arrays: Readonly<Record<Name, NumberArray>>;
}

/**
 * Writes arrays so that the file is whole at any time: a line of JSON, the bytes of the arrays one after the other (in
 * the byte order of this machine), and their SHA-256.
 */
export async function writeArrays(path: string, { about, arrays }: Arrays<object, string>): Promise<void> {
  const entries = Object.entries(arrays);
  const layout = entries.map(([name, array]) => [name, array.constructor.name, array.length]);
  const pieces = entries.map(
    ([, { buffer, byteOffset, byteLength }]) => new Uint8Array(buffer, byteOffset, byteLength),
  );
  const hash = createHash('sha256');
  for (const piece of pieces) hash.update(piece);
  await writeFileAtomic(path, [
    Buffer.from(`${JSON.stringify({ about, layout })}\n`),
    ...pieces,
    hash.digest(),
  ]);
}

/**
 * Reads what `writeArrays` wrote. `undefined` where the file is damaged.
 *
 * @throws Node's error where it cannot be read.
 */
export async function readArrays(path: string): Promise<Arrays<unknown, string> | undefined> {
  const bytes = await readFile(path);
  try {
    const start = bytes.indexOf(10) + 1;
    const { about, layout } = JSON.parse(bytes.subarray(0, start).toString());
    const body = bytes.subarray(start, -32);
    if (!createHash('sha256').update(body).digest().equals(bytes.subarray(-32))) return undefined;
    let at = 0;
    const arrays: Record<string, NumberArray> = {};
    for (const [name, type, length] of layout as [string, keyof typeof types, number][]) {
      const Type = types[type];
      const end = at + length * Type.BYTES_PER_ELEMENT;
      // A copy begins at a multiple of 8 bytes, as the array needs.
      arrays[name] = new Type(Uint8Array.from(body.subarray(at, end)).buffer);
      at = end;
    }
    return { about, arrays };
  } catch {
    return undefined;
  }
}
