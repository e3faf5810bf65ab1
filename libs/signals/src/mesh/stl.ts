import { SignalError } from '../errors.ts';
import type { Mesh } from './mesh.ts';

/** STL, binary or ASCII. Every corner is a vertex of its own; see welded. @throws SignalError. */
export function parseStl(bytes: Uint8Array, file: string): Mesh {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // Binary files may begin with "solid" too; their length tells.
  const count = bytes.length >= 84 ? view.getUint32(80, true) : -1;
  if (count >= 0 && bytes.length === 84 + 50 * count) {
    const vertices = new Float64Array(9 * count);
    for (let face = 0; face < count; face++)
      for (let i = 0; i < 9; i++) vertices[9 * face + i] = view.getFloat32(84 + 50 * face + 12 + 4 * i, true);
    return { vertices, triangles: Uint32Array.from({ length: 3 * count }, (_, i) => i) };
  }
  const text = Buffer.from(bytes).toString('latin1');
  if (!/^\s*solid\b/.test(text))
    throw new SignalError(
      `${file} is no whole STL file: its header promises ${Math.max(0, count)} triangles, which its ${bytes.length} bytes do not hold. Export it again.`,
    );
  const vertices = [...text.matchAll(/vertex\s+(\S+)\s+(\S+)\s+(\S+)/g)].flatMap((match) =>
    match.slice(1).map(Number),
  );
  const whole = vertices.length - (vertices.length % 9);
  return {
    vertices: Float64Array.from(vertices.slice(0, whole)),
    triangles: Uint32Array.from({ length: whole / 3 }, (_, i) => i),
  };
}
