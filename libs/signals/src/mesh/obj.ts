import { SignalError } from '../errors.ts';
import { type Mesh, trianglesOf } from './mesh.ts';

/** Wavefront OBJ: vertices and faces; negative numbers of vertices count from the last one. @throws SignalError. */
export function parseObj(bytes: Uint8Array, file: string): Mesh {
  const vertices: number[] = [];
  const polygons: number[][] = [];
  Buffer.from(bytes)
    .toString('utf8')
    .replace(/\\\r?\n/g, ' ')
    .split(/\r?\n/)
    .forEach((line, index) => {
      const [word, ...values] = line.trim().split(/\s+/);
      if (word === 'v') vertices.push(...values.slice(0, 3).map(Number));
      if (word === 'f')
        polygons.push(
          values.map((value) => {
            const number = Number(value.split('/')[0]);
            const vertex = number < 0 ? vertices.length / 3 + number : number - 1;
            if (!Number.isInteger(vertex) || vertex < 0)
              throw new SignalError(`${file}, line ${index + 1}: ${value} names no vertex; export it again.`);
            return vertex;
          }),
        );
    });
  return { vertices: Float64Array.from(vertices), triangles: Uint32Array.from(trianglesOf(polygons)) };
}
