import { SignalError } from '../errors.ts';

/** A surface of triangles. */
export interface Mesh {
  /** Shape (vertices, 3), any unit. */
  readonly vertices: Float64Array;
  /** Shape (triangles, 3): which vertices. */
  readonly triangles: Uint32Array;
}

/** Polygons cut into fans of triangles. */
export function trianglesOf(polygons: Iterable<readonly number[]>): number[] {
  const triangles: number[] = [];
  for (const polygon of polygons)
    for (let corner = 2; corner < polygon.length; corner++)
      triangles.push(polygon[0], polygon[corner - 1], polygon[corner]);
  return triangles;
}

/**
 * A mesh whose vertices at the same place are one, without triangles that have no area. STL names every corner anew, and
 * other files do so at seams.
 */
function welded({ vertices, triangles }: Mesh): Mesh {
  const known = new Map<string, number>();
  const fresh: number[] = [];
  const indexOf = Array.from({ length: vertices.length / 3 }, (_, vertex) => {
    const [x, y, z] = vertices.subarray(3 * vertex, 3 * vertex + 3);
    const key = `${x} ${y} ${z}`;
    const found = known.get(key);
    if (found !== undefined) return found;
    known.set(key, known.size);
    fresh.push(x, y, z);
    return known.size - 1;
  });
  const kept: number[] = [];
  for (let i = 0; i < triangles.length; i += 3) {
    const [a, b, c] = [indexOf[triangles[i]], indexOf[triangles[i + 1]], indexOf[triangles[i + 2]]];
    if (a !== b && b !== c && c !== a) kept.push(a, b, c);
  }
  return { vertices: Float64Array.from(fresh), triangles: Uint32Array.from(kept) };
}

/**
 * The welded mesh, where it has an inside.
 *
 * @param file how errors name it.
 * @throws SignalError for a mesh without faces, with faces of vertices that are not there, with vertices that are no numbers,
 *   or with an edge where an odd number of faces meet.
 */
export function closedMesh(mesh: Mesh, file: string): Mesh {
  const count = mesh.vertices.length / 3;
  if (mesh.triangles.length === 0)
    throw new SignalError(
      `${file} has ${count} vertices but no faces, so it encloses nothing; export it as a mesh, not as points.`,
    );
  if (mesh.triangles.some((vertex) => vertex >= count))
    throw new SignalError(`${file} has faces that name vertices which are not there; export it again.`);
  if (!mesh.vertices.every(Number.isFinite))
    throw new SignalError(`${file} has vertices whose coordinates are no finite numbers; export it again.`);
  const one = welded(mesh);
  const { open, edges } = edgesOf(one);
  if (open > 0 || edges === 0)
    throw new SignalError(
      `${file} is not closed: ${open} of its ${edges} edges are the border of a hole, so it is not known what lies inside. Fill its holes (MeshLab: Filters, Close Holes) and export it again.`,
    );
  return one;
}

/** How many edges a welded mesh has, and at how many of them an odd number of faces meet. */
function edgesOf({ vertices, triangles }: Mesh): { readonly edges: number; readonly open: number } {
  const count = vertices.length / 3;
  const facesAt = new Map<number, number>();
  for (let i = 0; i < triangles.length; i += 3)
    for (let corner = 0; corner < 3; corner++) {
      const a = triangles[i + corner];
      const b = triangles[i + ((corner + 1) % 3)];
      const edge = Math.min(a, b) * count + Math.max(a, b);
      facesAt.set(edge, (facesAt.get(edge) ?? 0) + 1);
    }
  let open = 0;
  for (const faces of facesAt.values()) if (faces % 2 === 1) open += 1;
  return { edges: facesAt.size, open };
}
