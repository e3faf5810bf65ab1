import { readFile } from 'node:fs/promises';
import { writeFileAtomic } from '@oinr/files';
import { itkAffineText, type SpatialTransform } from '@oinr/registration';
import { RunError, type UnitJob, writeJson } from '@oinr/run';
import { isUsableAffine } from '@oinr/volume';

/**
 * Keeps a transform: `.json` with everything (RAS+ mm, template to scan), which is what later stages read, and `.txt`,
 * its affine as ITK, ANTs and 3D Slicer read it (LPS+).
 */
export async function writeTransform(
  path: string,
  { affine, warp }: SpatialTransform,
  about: Readonly<Record<string, unknown>>,
  write: UnitJob['write'],
): Promise<readonly string[]> {
  const record = {
    Description:
      'Where a point of the template lies in the scan: AffineTemplateToScan, 4 x 4 row by row, maps RAS+ mm to RAS+ mm; Warp, where there is one, moves points within the template first.',
    AffineTemplateToScan: affine,
    ...(warp === undefined
      ? {}
      : {
          Warp: {
            Description:
              'Cubic B-spline displacement in mm along x, y and z at control points, x fastest, axes those of the world.',
            Shape: warp.shape,
            Origin: warp.origin,
            Spacing: warp.spacing,
            Coefficients: [...warp.coefficients],
          },
        }),
    ...about,
  };
  return write([`${path}.txt`, `${path}.json`], async ([text, json]) => {
    await writeFileAtomic(text, itkAffineText(affine));
    await writeJson(json, record);
  });
}

/** Reads a kept transform. @throws RunError where the file is damaged. */
export async function readTransform(path: string): Promise<SpatialTransform> {
  const damaged = new RunError(
    `${path} holds no usable transform; run the stage prepare again with --force.`,
  );
  let read: { AffineTemplateToScan?: unknown; Warp?: Record<string, unknown> };
  try {
    read = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    throw new RunError(damaged.message, { cause: error });
  }
  const affine = numbers(read.AffineTemplateToScan, 16);
  if (affine === undefined || !isUsableAffine(affine)) throw damaged;
  if (read.Warp === undefined) return { affine };
  const [shape, origin, spacing] = ['Shape', 'Origin', 'Spacing'].map((name) =>
    numbers(read.Warp?.[name], 3),
  );
  if (shape === undefined || origin === undefined || spacing === undefined) throw damaged;
  const coefficients = numbers(read.Warp.Coefficients, 3 * shape[0] * shape[1] * shape[2]);
  if (coefficients === undefined) throw damaged;
  return {
    affine,
    warp: {
      shape: triple(shape),
      origin: triple(origin),
      spacing: triple(spacing),
      coefficients: Float64Array.from(coefficients),
    },
  };
}

function triple([x, y, z]: readonly number[]): [number, number, number] {
  return [x, y, z];
}

function numbers(value: unknown, count: number): number[] | undefined {
  if (!Array.isArray(value) || value.length !== count || !value.every(Number.isFinite)) return undefined;
  return value;
}
