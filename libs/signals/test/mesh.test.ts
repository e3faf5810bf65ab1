import test from 'ava';
import { SignalError } from '../src/errors.ts';
import { closedMesh, type Mesh } from '../src/mesh/mesh.ts';
import { parseObj } from '../src/mesh/obj.ts';
import { occupancyOf } from '../src/mesh/occupancy.ts';
import { parsePly } from '../src/mesh/ply.ts';
import { parseStl } from '../src/mesh/stl.ts';

/** The eight corners and twelve triangles of a box. */
function box([x, y, z]: readonly [number, number, number]): Mesh {
  const corners = Array.from({ length: 8 }, (_, n) => [n & 1 ? x : 0, n & 2 ? y : 0, n & 4 ? z : 0]);
  const faces = [
    [0, 2, 3, 1],
    [4, 5, 7, 6],
    [0, 1, 5, 4],
    [2, 6, 7, 3],
    [0, 4, 6, 2],
    [1, 3, 7, 5],
  ];
  const triangles = faces.flatMap(([a, b, c, d]) => [a, b, c, a, c, d]);
  return { vertices: Float64Array.from(corners.flat()), triangles: Uint32Array.from(triangles) };
}

/** A sphere of latitudes and longitudes, its poles triangles. */
function sphere(rings: number, sectors: number): Mesh {
  const vertices: number[] = [0, 0, 1];
  for (let ring = 1; ring < rings; ring++)
    for (let sector = 0; sector < sectors; sector++) {
      const [theta, phi] = [(Math.PI * ring) / rings, (2 * Math.PI * sector) / sectors];
      vertices.push(Math.sin(theta) * Math.cos(phi), Math.sin(theta) * Math.sin(phi), Math.cos(theta));
    }
  vertices.push(0, 0, -1);
  const at = (ring: number, sector: number): number =>
    ring === 0 ? 0 : ring === rings ? vertices.length / 3 - 1 : 1 + (ring - 1) * sectors + (sector % sectors);
  const triangles: number[] = [];
  for (let ring = 0; ring < rings; ring++)
    for (let sector = 0; sector < sectors; sector++) {
      triangles.push(at(ring, sector), at(ring + 1, sector), at(ring + 1, sector + 1));
      triangles.push(at(ring, sector), at(ring + 1, sector + 1), at(ring, sector + 1));
    }
  return { vertices: Float64Array.from(vertices), triangles: Uint32Array.from(triangles) };
}

const text = (...lines: string[]): Uint8Array => Buffer.from(`${lines.join('\n')}\n`);

const objBox = (): Uint8Array => {
  const { vertices, triangles } = box([2, 1, 1]);
  const lines = Array.from({ length: 8 }, (_, n) => `v ${vertices.slice(3 * n, 3 * n + 3).join(' ')}`);
  for (let i = 0; i < triangles.length; i += 3)
    lines.push(`f ${[0, 1, 2].map((corner) => `${triangles[i + corner] + 1}/1/1`).join(' ')}`);
  return text('# a box', ...lines);
};

const stlBox = (): Uint8Array => {
  const { vertices, triangles } = box([2, 1, 1]);
  const bytes = Buffer.alloc(84 + (50 * triangles.length) / 3);
  bytes.write('solid by a program that begins binary files so');
  bytes.writeUInt32LE(triangles.length / 3, 80);
  triangles.forEach((vertex, i) => {
    for (let axis = 0; axis < 3; axis++)
      bytes.writeFloatLE(
        vertices[3 * vertex + axis],
        84 + 50 * Math.floor(i / 3) + 12 + 12 * (i % 3) + 4 * axis,
      );
  });
  return bytes;
};

/** Big-endian with a colour before and behind the coordinates, faces as quads. */
const plyBox = (): Uint8Array => {
  const head = `ply\nformat binary_big_endian 1.0\ncomment x\nelement vertex 8\nproperty uchar red\nproperty double x\nproperty float y\nproperty float z\nproperty uchar green\nelement face 6\nproperty list uchar int vertex_indices\nend_header\n`;
  const body = Buffer.alloc(8 * 18 + 6 * 17);
  const { vertices } = box([2, 1, 1]);
  for (let n = 0; n < 8; n++) {
    body.writeDoubleBE(vertices[3 * n], 18 * n + 1);
    body.writeFloatBE(vertices[3 * n + 1], 18 * n + 9);
    body.writeFloatBE(vertices[3 * n + 2], 18 * n + 13);
  }
  const quads = [
    [0, 2, 3, 1],
    [4, 5, 7, 6],
    [0, 1, 5, 4],
    [2, 6, 7, 3],
    [0, 4, 6, 2],
    [1, 3, 7, 5],
  ];
  quads.forEach((quad, n) => {
    body.writeUInt8(4, 144 + 17 * n);
    quad.forEach((vertex, corner) => {
      body.writeInt32BE(vertex, 144 + 17 * n + 1 + 4 * corner);
    });
  });
  return Buffer.concat([Buffer.from(head), body]);
};

test('a box of 2 x 1 x 1 fills the same voxels from OBJ, STL and PLY, as many as its volume', (t) => {
  const n = 27;
  const expected = (n - 3) ** 3 / 4;
  for (const mesh of [parseObj(objBox(), 'o'), parseStl(stlBox(), 's'), parsePly(plyBox(), 'p')]) {
    const one = closedMesh(mesh, 'box');
    t.is(one.vertices.length, 24);
    const filled = occupancyOf(one, n);
    const sum = filled.reduce((total, value) => total + value, 0);
    t.is(sum, expected);
    // x, the last axis, is the long one.
    const line = filled.slice((13 * n + 13) * n, (13 * n + 14) * n);
    t.is(
      line.reduce((total, value) => total + value, 0),
      n - 3,
    );
  }
});

test('a sphere fills its volume within a percent, whichever way its faces look', (t) => {
  const n = 64;
  const round = closedMesh(sphere(60, 120), 'sphere');
  const turned = { ...round, triangles: round.triangles.toReversed() };
  const filled = occupancyOf(round, n);
  t.deepEqual(occupancyOf(turned, n), filled);
  const volume = filled.reduce((total, value) => total + value, 0);
  t.true(Math.abs(volume / ((4 / 3) * Math.PI * ((n - 3) / 2) ** 3) - 1) < 0.01, String(volume));
});

test('what has no inside is refused by a sentence', (t) => {
  const refused = (mesh: () => Mesh): string =>
    t.throws(() => closedMesh(mesh(), 'body.obj'), { instanceOf: SignalError })?.message ?? '';
  const { vertices, triangles } = box([1, 1, 1]);
  t.regex(
    refused(() => ({ vertices, triangles: triangles.slice(3) })),
    /not closed: 3 of its 18 edges/,
  );
  t.regex(
    refused(() => ({ vertices, triangles: new Uint32Array() })),
    /no faces/,
  );
  const far = vertices.slice();
  far[4] = Number.NaN;
  t.regex(
    refused(() => ({ vertices: far, triangles })),
    /no finite numbers/,
  );
  t.regex(
    refused(() => ({ vertices: vertices.slice(0, 12), triangles })),
    /vertices which are not there/,
  );
  t.throws(() => parsePly(plyBox().subarray(0, 300), 'cut.ply'), { message: /cut off/ });
  t.throws(() => parsePly(text('nothing'), 'x.ply'), { message: /no header/ });
  t.throws(() => parseStl(stlBox().subarray(0, 200).fill(7, 0, 5), 'cut.stl'), { message: /no whole STL/ });
  t.throws(() => parseObj(text('v 0 0 0', 'f 1 2 -9'), 'x.obj'), { message: /line 2: -9 names no vertex/ });
});

test('faces that count from the end, and a STL of text', (t) => {
  const mesh = parseObj(text('v 0 0 0', 'v 1 0 0', 'v 0 1 0', 'f -3 -2 -1'), 'o');
  t.deepEqual([...mesh.triangles], [0, 1, 2]);
  const stl = parseStl(
    text(
      'solid a',
      'facet normal 0 0 1',
      'outer loop',
      'vertex 0 0 0',
      'vertex 1e0 0 0',
      'vertex 0 1 0',
      'endloop',
      'endfacet',
      'endsolid',
    ),
    's',
  );
  t.deepEqual([...stl.vertices], [0, 0, 0, 1, 0, 0, 0, 1, 0]);
});
