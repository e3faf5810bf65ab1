/**
 * The phantom's anatomy and what the disease does to it.
 *
 * Every region is this project's own: tubes and ellipsoids in MNI millimetres, cut by T1 intensity, placed on the
 * Colin27 brain after the centres of mass in the literature (Tzourio-Mazoyer et al., NeuroImage 2002;15:273-289;
 * Insausti & Amaral, The Human Nervous System, 2004, for the parahippocampal region). No atlas is contained.
 */

/** A chain of spheres joined by cones: [x, y, z, radius] in MNI mm, for the right hemisphere (x > 0). */
export interface Tube {
  readonly kind: 'tube';
  readonly points: readonly (readonly [number, number, number, number])[];
}

/** Centre and half axes in MNI mm, for the right hemisphere (x > 0). */
export interface Ellipsoid {
  readonly kind: 'ellipsoid';
  readonly centre: readonly [number, number, number];
  readonly radii: readonly [number, number, number];
}

export interface PhantomRegion {
  readonly name: string;
  /** Both hemispheres are made: every shape is mirrored at x = 0. */
  readonly shapes: readonly (Tube | Ellipsoid)[];
  /** Only voxels with low <= intensity < high belong to the region, on the scale of the base brain. */
  readonly intensity: readonly [low: number, high: number];
  /** Mean relative change of the region's volume in AD: -0.2 is a fifth less. 0 for a silent region. */
  readonly change: number;
  /** Standard deviation of that relative change between people, the same in every group. */
  readonly spread: number;
}

/** Mean white matter of the base brain, the unit of noise and effects. */
export const WHITE_MATTER = 112;

const TISSUE = [62, 256] as const;
const GREY = [62, 106] as const;
const FLUID = [1, 66] as const;

/** A region's label in the label volume is its position here plus 1; where shapes overlap, the first one wins. */
export const phantomRegions: readonly PhantomRegion[] = [
  {
    name: 'hippocampus',
    shapes: [
      {
        kind: 'tube',
        points: [
          [21, -6, -21, 5.5],
          [27, -11, -20, 8],
          [29.5, -20, -14, 7.5],
          [29.5, -30, -7, 6.5],
          [24, -38, 0, 5.5],
        ],
      },
    ],
    intensity: GREY,
    change: -0.2,
    spread: 0.06,
  },
  {
    name: 'amygdala',
    shapes: [{ kind: 'ellipsoid', centre: [24, -1, -19], radii: [8, 7.5, 7.5] }],
    intensity: TISSUE,
    change: -0.18,
    spread: 0.06,
  },
  {
    name: 'entorhinal',
    shapes: [
      {
        kind: 'tube',
        points: [
          [22, 2, -31, 7],
          [23, -12, -29, 7.5],
        ],
      },
    ],
    intensity: GREY,
    change: -0.15,
    spread: 0.05,
  },
  {
    name: 'parahippocampal',
    shapes: [
      {
        kind: 'tube',
        points: [
          [24, -20, -23, 7.5],
          [24, -28, -17, 7.5],
          [21, -38, -9, 5.5],
        ],
      },
    ],
    intensity: GREY,
    change: -0.15,
    spread: 0.05,
  },
  {
    name: 'temporal_pole',
    shapes: [{ kind: 'ellipsoid', centre: [42, 15, -27], radii: [18, 13, 16] }],
    intensity: TISSUE,
    change: -0.1,
    spread: 0.04,
  },
  {
    name: 'inferior_temporal',
    shapes: [
      {
        kind: 'tube',
        points: [
          [48, -2, -38, 11],
          [53, -20, -30, 11],
          [55, -40, -22, 11],
          [54, -56, -14, 10],
        ],
      },
    ],
    intensity: TISSUE,
    change: -0.1,
    spread: 0.04,
  },
  {
    name: 'lateral_ventricle',
    shapes: [
      {
        kind: 'tube',
        points: [
          [8, 32, 2, 9],
          [10, 18, 10, 11],
          [11, 0, 19, 11],
          [13, -20, 21, 11],
          [24, -38, 14, 11],
          [29, -50, 8, 9],
          [28, -60, 6, 7],
        ],
      },
      {
        kind: 'tube',
        points: [
          [29, -44, 4, 7],
          [35, -32, -6, 4.5],
          [33, -16, -15, 5],
          [28, -8, -16, 4],
        ],
      },
    ],
    intensity: FLUID,
    change: 0.4,
    spread: 0.12,
  },
  {
    name: 'precentral',
    shapes: [
      {
        kind: 'tube',
        points: [
          [52, -4, 36, 9],
          [40, -12, 54, 10],
          [24, -22, 66, 9],
        ],
      },
    ],
    intensity: TISSUE,
    change: 0,
    spread: 0,
  },
  {
    name: 'occipital',
    shapes: [{ kind: 'ellipsoid', centre: [15, -93, 6], radii: [17, 10, 20] }],
    intensity: TISSUE,
    change: 0,
    spread: 0,
  },
  {
    name: 'cerebellum',
    shapes: [{ kind: 'ellipsoid', centre: [20, -72, -42], radii: [16, 13, 13] }],
    intensity: TISSUE,
    change: 0,
    spread: 0,
  },
];

/** The regions whose volume differs between people and groups; the others are silent by construction. */
export const changingRegions: readonly PhantomRegion[] = phantomRegions.filter((region) => region.spread > 0);

/** Whether the point (x, y, z) in MNI mm lies in one of the region's shapes, in either hemisphere. */
export function isInShapes(region: PhantomRegion, x: number, y: number, z: number): boolean {
  const right = Math.abs(x);
  return region.shapes.some((shape) =>
    shape.kind === 'tube' ? isInTube(shape, right, y, z) : isInEllipsoid(shape, right, y, z),
  );
}

/** The box [low, high] per axis, in mm, that holds the region's shapes of the right hemisphere. */
export function shapesBox(region: PhantomRegion): { low: number[]; high: number[] } {
  const low = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  const high = low.map((value) => -value);
  const include = (centre: readonly number[], radii: readonly number[]): void => {
    for (let axis = 0; axis < 3; axis++) {
      low[axis] = Math.min(low[axis], centre[axis] - radii[axis]);
      high[axis] = Math.max(high[axis], centre[axis] + radii[axis]);
    }
  };
  for (const shape of region.shapes) {
    if (shape.kind === 'ellipsoid') include(shape.centre, shape.radii);
    else for (const [x, y, z, radius] of shape.points) include([x, y, z], [radius, radius, radius]);
  }
  return { low, high };
}

function isInEllipsoid({ centre, radii }: Ellipsoid, x: number, y: number, z: number): boolean {
  const dx = (x - centre[0]) / radii[0];
  const dy = (y - centre[1]) / radii[1];
  const dz = (z - centre[2]) / radii[2];
  return dx * dx + dy * dy + dz * dz <= 1;
}

/** Along each segment the radius changes evenly from one end's to the other's. */
function isInTube({ points }: Tube, x: number, y: number, z: number): boolean {
  for (let i = 0; i + 1 < points.length; i++) {
    const from = points[i];
    const to = points[i + 1];
    const dx = to[0] - from[0];
    const dy = to[1] - from[1];
    const dz = to[2] - from[2];
    const px = x - from[0];
    const py = y - from[1];
    const pz = z - from[2];
    const s = Math.min(1, Math.max(0, (px * dx + py * dy + pz * dz) / (dx * dx + dy * dy + dz * dz)));
    const ex = px - s * dx;
    const ey = py - s * dy;
    const ez = pz - s * dz;
    const radius = from[3] + s * (to[3] - from[3]);
    if (ex * ex + ey * ey + ez * ez <= radius * radius) return true;
  }
  return false;
}
