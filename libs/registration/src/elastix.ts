import { InputError, UserError } from '@oinr/errors';
import { type Volume, voxelSizes } from '@oinr/volume';

/** An elastix parameter map: every value is a list of words. */
export type ParameterMap = Readonly<Record<string, readonly string[]>>;

/** elastix gave up, or answered with something else than expected. */
export class RegistrationError extends UserError {
  override readonly name = 'RegistrationError';
}

/**
 * elastix (S. Klein et al., IEEE TMI 29 (2010), 196), compiled to WebAssembly: one process, one thread, no network.
 * Loaded at the first call, since it takes 16 MB. Both images must lie on grids along the world's axes.
 *
 * elastix only compares places in two worlds, whatever their axes are called. Both images are handed over with RAS+
 * coordinates where ITK would write LPS+, so the transform that comes back is one between RAS+ worlds, and no sign
 * needs to be changed anywhere.
 *
 * @param settings replace the defaults of elastix for this kind of transform.
 * @returns the parameter map of the transform, from points of `fixed` to points of `moving`.
 */
export async function runElastix(
  fixed: Volume,
  moving: Volume,
  kind: 'affine' | 'bspline',
  settings: Readonly<Record<string, readonly string[]>>,
): Promise<ParameterMap> {
  const { defaultParameterMapNode, elastixNode } = await import('@itk-wasm/elastix');
  const defaults: unknown = (await defaultParameterMapNode(kind, {})).parameterMap;
  if (!isParameterMap(defaults))
    throw new RegistrationError(`elastix has no default parameters for ${kind}.`);
  let found: unknown;
  try {
    const answer = await elastixNode([{ ...defaults, ...settings }] as never, {
      fixed: itkImage(fixed) as never,
      moving: itkImage(moving) as never,
    });
    found = answer.transformParameterObject;
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    const last = words.trim().split('\n').at(-1) ?? 'no reason given';
    throw new RegistrationError(
      `The ${kind} registration failed in elastix (${last.trim()}). Look at the scan: is a brain in it, and does its header say how it lies?`,
      { cause: error },
    );
  }
  const map = Array.isArray(found) && found.length === 1 ? found[0] : undefined;
  if (!isParameterMap(map)) {
    throw new RegistrationError(`elastix ended without the transform of its ${kind} registration.`);
  }
  return map;
}

/** The image as itk-wasm takes it. */
function itkImage({ grid, data }: Volume): Record<string, unknown> {
  const [dx, , , x, , dy, , y, , , dz, z] = grid.affine;
  const [sx, sy, sz] = voxelSizes(grid.affine);
  if (sx !== dx || sy !== dy || sz !== dz)
    throw new InputError('Only images whose axes are those of the world are handed to elastix.');
  return {
    imageType: { dimension: 3, componentType: 'float32', pixelType: 'Scalar', components: 1 },
    name: 'image',
    origin: [x, y, z],
    spacing: [sx, sy, sz],
    direction: new Float64Array([1, 0, 0, 0, 1, 0, 0, 0, 1]),
    size: [...grid.shape],
    metadata: new Map(),
    data,
  };
}

function isParameterMap(value: unknown): value is ParameterMap {
  return typeof value === 'object' && value !== null && Object.values(value).every(Array.isArray);
}
