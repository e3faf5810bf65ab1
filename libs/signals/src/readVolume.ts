import { readFile, stat } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { errorMessage } from '@oinr/errors';
import { SignalError } from './errors.ts';
import { closedMesh, type Mesh } from './mesh/mesh.ts';
import { parseObj } from './mesh/obj.ts';
import { occupancyOf } from './mesh/occupancy.ts';
import { parsePly } from './mesh/ply.ts';
import { parseStl } from './mesh/stl.ts';
import { parseNpy } from './npy.ts';
import type { OccupancyVolume } from './volume.ts';

const meshes: Readonly<Record<string, (bytes: Uint8Array, file: string) => Mesh>> = {
  '.ply': parsePly,
  '.obj': parseObj,
  '.stl': parseStl,
};
/** A side of 512, the paper's largest. */
const mostVoxels = 512 ** 3;
const mostBytes = 2 ** 30;

/**
 * Reads an occupancy volume: a closed mesh (PLY, OBJ or STL, also gzipped) as `n` voxels a side, or a .npy array of three
 * axes as it is, where values above the middle of their range are inside.
 *
 * @throws SignalError for a mesh that is not closed or has no faces, for an array of NaN or of one value only, and for files
 *   of other kinds.
 */
export async function readOccupancy(path: string, n: number): Promise<OccupancyVolume> {
  const isPacked = /\.gz$/i.test(path);
  const kind = extname(isPacked ? path.slice(0, -3) : path).toLowerCase();
  const parse = meshes[kind];
  if (parse === undefined && kind !== '.npy')
    throw new SignalError(
      `${path} is no volume that can be read; give a closed mesh (.ply, .obj, .stl) or an array of three axes (.npy).`,
    );
  const bytes = await read(path, isPacked);
  if (parse === undefined) return volumeOf(bytes, path);
  const mesh = closedMesh(parse(bytes, path), path);
  return { shape: [n, n, n], data: occupancyOf(mesh, n), remarks: [] };
}

async function read(path: string, isPacked: boolean): Promise<Uint8Array> {
  try {
    const { size } = await stat(path);
    if (size > mostBytes)
      throw new SignalError(
        `${path} has ${Math.round(size / 2 ** 20)} MiB; at most 1,024 are read. Reduce it.`,
      );
    const bytes = await readFile(path);
    return isPacked ? await promisify(gunzip)(bytes, { maxOutputLength: mostBytes }) : bytes;
  } catch (error) {
    if (error instanceof SignalError) throw error;
    throw new SignalError(`${path} cannot be read: ${errorMessage(error)}. Check the path.`, {
      cause: error,
    });
  }
}

function volumeOf(bytes: Uint8Array, path: string): OccupancyVolume {
  const { shape, data } = parseNpy(bytes, path, mostVoxels);
  const [depth = 0, height = 0, width = 0] = shape;
  if (shape.length !== 3)
    throw new SignalError(
      `${path} has ${shape.length} axes (${shape.join(' x ')}); a volume has three. Save one volume by itself.`,
    );
  const bad = data.reduce((count, value) => count + (Number.isFinite(value) ? 0 : 1), 0);
  if (bad > 0)
    throw new SignalError(
      `${path} has ${bad.toLocaleString('en')} of ${data.length.toLocaleString('en')} voxels that are not finite numbers (NaN or infinite); set them to 0 (numpy.nan_to_num) or leave the volume out.`,
    );
  let low = Infinity;
  let high = -Infinity;
  for (const value of data) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (!(high > low))
    throw new SignalError(
      `${path} has the value ${low} in every voxel, so there is no surface; give a volume that is filled in part.`,
    );
  const middle = (low + high) / 2;
  const isBinary = data.every((value) => value === low || value === high);
  return {
    shape: [depth, height, width],
    data: Float32Array.from(data, (value) => (value > middle ? 1 : 0)),
    remarks: isBinary
      ? []
      : [`${basename(path)} has values from ${low} to ${high}; what is above ${middle} is inside.`],
  };
}
