type Position = readonly [x: number, y: number, z: number];

/**
 * Approximate centres of regions in MNI space, RAS+ mm: common anatomical knowledge in round numbers, written for this
 * project and taken from no atlas. Right hemisphere; the left is its mirror image. A long region has several.
 */
const paired: Readonly<Record<string, readonly Position[]>> = {
  'frontal pole': [[26, 60, 4]],
  'superior frontal gyrus': [
    [22, 34, 44],
    [22, 8, 60],
  ],
  'medial superior frontal gyrus': [[7, 50, 30]],
  'middle frontal gyrus': [
    [38, 36, 30],
    [38, 14, 48],
  ],
  'inferior frontal gyrus, opercular part': [[50, 14, 18]],
  'inferior frontal gyrus, triangular part': [[48, 30, 10]],
  'orbitofrontal cortex': [
    [26, 38, -14],
    [42, 34, -12],
  ],
  'gyrus rectus': [[7, 36, -20]],
  'ventromedial prefrontal cortex': [[6, 50, -8]],
  'precentral gyrus': [
    [52, -2, 36],
    [40, -12, 54],
    [24, -22, 66],
  ],
  'supplementary motor area': [[7, -2, 62]],
  'paracentral lobule': [[8, -32, 66]],
  'postcentral gyrus': [
    [56, -16, 38],
    [42, -28, 54],
    [24, -38, 66],
  ],
  'superior parietal lobule': [[26, -60, 58]],
  'supramarginal gyrus': [[56, -34, 34]],
  'angular gyrus': [[46, -62, 38]],
  precuneus: [[8, -58, 46]],
  'anterior cingulate cortex': [[5, 36, 16]],
  'middle cingulate cortex': [[6, -8, 40]],
  'posterior cingulate cortex': [[6, -46, 24]],
  insula: [
    [36, 16, -2],
    [39, -8, 4],
  ],
  'Rolandic operculum': [[52, -6, 14]],
  "Heschl's gyrus": [[46, -18, 8]],
  'superior temporal gyrus': [
    [57, -4, -6],
    [60, -26, 8],
  ],
  'middle temporal gyrus': [
    [58, -10, -20],
    [60, -36, -4],
    [54, -58, 8],
  ],
  'inferior temporal gyrus': [
    [48, -6, -36],
    [54, -28, -26],
    [54, -54, -16],
  ],
  'temporal pole': [[40, 14, -30]],
  'fusiform gyrus': [
    [36, -36, -22],
    [32, -62, -14],
  ],
  'parahippocampal gyrus': [[22, -32, -16]],
  'entorhinal cortex': [[22, -8, -31]],
  hippocampus: [
    [27, -12, -20],
    [30, -22, -13],
    [25, -36, -2],
  ],
  amygdala: [[23, -2, -19]],
  cuneus: [[10, -80, 28]],
  'calcarine cortex': [[10, -76, 8]],
  'lingual gyrus': [[14, -68, -5]],
  'occipital pole': [[16, -96, 2]],
  'lateral occipital cortex': [
    [28, -80, 26],
    [38, -82, 8],
    [42, -74, -10],
  ],
  caudate: [[13, 12, 10]],
  putamen: [[26, 4, 0]],
  pallidum: [[20, -4, -1]],
  thalamus: [[11, -18, 8]],
  'nucleus accumbens': [[10, 12, -8]],
  'lateral ventricle': [
    [8, 20, 8],
    [10, -6, 21],
    [24, -44, 11],
  ],
  'corona radiata': [[26, -14, 32]],
  midbrain: [[6, -22, -12]],
  'cerebellum, anterior lobe': [[14, -48, -20]],
  'cerebellum, posterior lobe': [
    [26, -66, -28],
    [42, -64, -34],
    [22, -62, -50],
  ],
};

/** The same of regions at the midline, which have no side. */
const midline: Readonly<Record<string, readonly Position[]>> = {
  'corpus callosum': [
    [0, 28, 4],
    [0, -4, 26],
    [0, -38, 14],
  ],
  'third ventricle': [[0, -10, -1]],
  hypothalamus: [[0, -3, -11]],
  pons: [[0, -26, -32]],
  medulla: [[0, -38, -50]],
  'cerebellar vermis': [[0, -62, -24]],
};

interface Centre {
  readonly name: string;
  readonly position: Position;
}

/** Every approximate centre with its name, `left` or `right` before it where it has a side; MNI space, RAS+ mm. */
export const regionCentres: readonly Centre[] = [
  ...Object.entries(paired).flatMap(([region, positions]) =>
    positions.flatMap(([x, y, z]): Centre[] => [
      { name: `left ${region}`, position: [-x, y, z] },
      { name: `right ${region}`, position: [x, y, z] },
    ]),
  ),
  ...Object.entries(midline).flatMap(([name, positions]) =>
    positions.map((position) => ({ name, position })),
  ),
];

/** mm; farther from every centre a name would say more than the table knows. */
const farthest = 15;

/** A region by its approximate centre. */
export interface NearbyRegion {
  readonly name: string;
  /** To the named centre, mm. */
  readonly distance: number;
}

/**
 * The region whose approximate centre is nearest to a position in MNI space (RAS+ mm), at most 15 mm away; undefined where
 * none is. A hint where to look: it does not say that the position lies in the region, which an atlas does (`readAtlas`).
 */
export function nearestRegion(position: Position): NearbyRegion | undefined {
  let nearest: NearbyRegion | undefined;
  for (const { name, position: centre } of regionCentres) {
    const distance = Math.hypot(...centre.map((value, axis) => value - position[axis]));
    if (distance <= (nearest?.distance ?? farthest)) nearest = { name, distance };
  }
  return nearest;
}
