import { type Grid, multiplyAffines, resample, type Volume } from '@oinr/volume';
import { blockMean } from './blockMean.ts';
import { runElastix } from './elastix.ts';
import { affineOf, warpOf } from './elastixTransform.ts';
import { type Foreground, foreground, isHead, worldBox } from './foreground.ts';
import { dilateMask } from './morphology.ts';
import { resampleThrough } from './resampleThrough.ts';
import { startingPoint } from './startingPoint.ts';
import type { SpatialTransform } from './transform.ts';

/** What scans are brought to: the image of a brain, and where in it the brain is. */
export interface Target {
  readonly template: Volume;
  /** 1 inside the brain, on the template's grid. */
  readonly mask: Uint8Array;
}

export interface RegistrationRequest {
  readonly target: Target;
  /** A brain, or a whole head, in its own intensities; 0 or nearly so outside. */
  readonly scan: Volume;
  /** What the scan shows; told from the size of its foreground where it is not said. */
  readonly shows?: 'brain' | 'head';
  /** Refine the affine by a B-spline. */
  readonly isNonlinear?: boolean;
  /** Told the share that is done, 0 to 1. */
  readonly onProgress?: (share: number) => void;
}

export interface Registration {
  /** From the template's world to the scan's. */
  readonly transform: SpatialTransform;
  readonly shows: 'brain' | 'head';
}

/** Voxels of the copies that elastix works on, in mm. */
const fine = 2;
/** Around a brain alone, its edge against nothing tells where it is; in a head, what is around would mislead. */
const roomAround = { brain: 4, head: 0 } as const;
/** What of a head is kept for elastix: the brain by the first guess, and this much around it, in mm. */
const roomForError = 10;

const commonSettings = {
  AutomaticTransformInitialization: ['false'],
  MaximumNumberOfIterations: ['250'],
  NumberOfSpatialSamples: ['4096'],
  RandomSeed: ['1'],
  WriteResultImage: ['false'],
} as const;

/**
 * The 12-parameter affine from a template to a scan by mutual information (and, where asked for, a B-spline after it).
 * The scan is looked at in smoothed, subsampled copies only: 8 mm for the first guess (see `startingPoint`), 2 mm for
 * elastix, with 3 resolutions. Each step starts from what the last one found: the scan is seen through the transform
 * so far, so that elastix finds what is left.
 *
 * The same input gives the same numbers. Throws RegistrationError or InputError with a sentence.
 */
export async function register(request: RegistrationRequest): Promise<Registration> {
  const { target, onProgress = () => undefined } = request;
  const scan = blockMean(request.scan, fine);
  const scanForeground = foreground(scan);
  const shows = request.shows ?? (isHead(scanForeground) ? 'head' : 'brain');
  const template = blockMean(target.template, fine);
  const inside = blockMean({ grid: target.template.grid, data: Float32Array.from(target.mask) }, fine);
  const mask = Uint8Array.from(inside.data, (value) => (value >= 0.5 ? 1 : 0));
  const lattice = latticeAround(template.grid, roomAround[shows]);
  const onLattice = (values: ArrayLike<number>): Uint8Array =>
    Uint8Array.from(
      resample({ grid: template.grid, data: Float32Array.from(values) }, lattice, 'nearest').data,
    );
  const brain = onLattice(mask);
  const templateForeground = foreground(template);
  onProgress(0.05);

  const start = startingPoint({
    template: resample(template, lattice, 'linear'),
    region: dilateMask(brain, lattice, roomAround[shows]),
    templateForeground,
    scan,
    scanForeground,
  });
  onProgress(0.3);

  const around = shows === 'head' ? dilateMask(brain, lattice, roomForError) : undefined;
  const fixed = limited(resample(template, lattice, 'linear'), templateForeground);
  const seen = (transform: SpatialTransform): Volume =>
    limited(resampleThrough(scan, transform, lattice, 'linear'), scanForeground, around);
  const affine = affineOf(
    await runElastix(fixed, seen({ affine: start }), 'affine', {
      ...commonSettings,
      NumberOfResolutions: ['3'],
    }),
  );
  const linear = { affine: multiplyAffines(start, affine) };
  onProgress(request.isNonlinear ? 0.6 : 1);
  if (!request.isNonlinear) return { transform: linear, shows };

  const warp = warpOf(
    await runElastix(fixed, seen(linear), 'bspline', {
      ...commonSettings,
      NumberOfResolutions: ['2'],
      GridSpacingSchedule: ['2', '1'],
      FinalGridSpacingInPhysicalUnits: ['20'],
      Metric1Weight: ['50'],
    }),
  );
  onProgress(1);
  return { transform: { ...linear, warp }, shows };
}

/** Cubes of 2 mm along the world's axes over the template and some room around it. */
function latticeAround(grid: Grid, room: number): Grid {
  const { low, high } = worldBox(grid);
  const count = (axis: 0 | 1 | 2): number => Math.ceil((high[axis] - low[axis] + 2 * room) / fine) + 1;
  const affine = [
    fine,
    0,
    0,
    low[0] - room,
    0,
    fine,
    0,
    low[1] - room,
    0,
    0,
    fine,
    low[2] - room,
    0,
    0,
    0,
    1,
  ];
  return { shape: [count(0), count(1), count(2)], affine };
}

/** Intensities as a share of the bright level, cut off there, since fat and vessels of a head outshine its brain. */
function limited({ grid, data }: Volume, { white }: Foreground, region?: Uint8Array): Volume {
  return {
    grid,
    data: data.map((value, index) =>
      region !== undefined && region[index] === 0 ? 0 : Math.min(1, Math.max(0, value / white)),
    ),
  };
}
