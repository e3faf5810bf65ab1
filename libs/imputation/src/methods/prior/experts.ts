import type { AnatomicalAxis } from '@oinr/volume';
import type { GapGeometry, GeometryRange } from './gapFunctions.ts';
import { outsideRange } from './gapFunctions.ts';
import type { PriorNetwork } from './network.ts';

/** A gap that was trained on, in mm. */
export type TaughtGeometry = Pick<GapGeometry, 'distance' | 'pixel'>;

/** A network trained on a range of gaps, along any axis or one. A narrow range is worth more than a wide network (docs/prior.md). */
export interface PriorExpert {
  readonly network: PriorNetwork;
  readonly weights: Readonly<Record<string, Float32Array>>;
  /** The axis along which slices are missing, where it was trained on one alone. */
  readonly axis?: AnatomicalAxis;
  /** Then: the gaps of its people as they are, see `geometryTold`. */
  readonly taught?: readonly TaughtGeometry[];
  /**
   * Then: its error over that of the experts of all axes for the same gaps, on windows of people whom neither saw; see
   * `errorOverAllAxes`. Absent where that was not measured.
   */
  readonly errorOverAllAxes?: number;
  /** It has seen slices upright alone (see `uprightPlane`), so it is shown them like that. */
  readonly upright?: boolean;
  /** The smallest and the largest distance of kept slices that it was made for, in pixels; see `ownGaps`. */
  readonly gaps: readonly [smallest: number, largest: number];
  /** All geometries that it has seen in training. */
  readonly range: GeometryRange;
}

/** Who answers for a geometry: the experts and how much of the answer is whose; shares add up to 1. */
export interface ExpertShares {
  readonly shares: readonly { readonly expert: PriorExpert; readonly share: number }[];
  /** Why nobody answers: what lies outside of all that was trained, as `outsideRange` puts it. */
  readonly outside?: string;
}

/**
 * The geometry that an expert is told of a gap. One of a single axis has seen hardly any voxels but those of its people, and
 * goes astray where it is told of others: it is told the one of theirs whose gap in pixels is nearest. Its correction is about
 * shapes in pixels, so it is as good where these are a little larger or smaller.
 */
export function geometryTold({ taught }: PriorExpert, geometry: GapGeometry): GapGeometry {
  const away = ({ distance, pixel }: TaughtGeometry): number =>
    Math.abs(Math.log(distance / pixel / (geometry.distance / geometry.pixel)));
  const nearest = taught?.toSorted((a, b) => away(a) - away(b))[0];
  return nearest === undefined ? geometry : { ...geometry, ...nearest };
}

/** Gaps are written down with two decimals, and voxel sizes are rounded in headers. */
const tolerance = 0.01;

/**
 * Chooses experts by the axis along which slices are missing and by the gap in pixels. Those trained on this axis alone go
 * before those of all axes, wherever they have seen the geometry. Between the largest gap of one and the smallest of the
 * next the answer goes over linearly from the one to the other, so that no distance between slices is at a seam. An
 * expert that has not seen the geometry leaves the answer to the other; of two for the same gaps the one with the
 * narrower range of pixel sizes answers, which is one and the same everywhere in a scan.
 */
export function expertsFor(
  experts: readonly PriorExpert[],
  geometry: GapGeometry,
  axis: AnatomicalAxis,
): ExpertShares {
  const own = sharesOf(
    experts.filter((expert) => expert.axis === axis),
    geometry,
  );
  if (own.shares.length > 0) return own;
  const general = sharesOf(
    experts.filter((expert) => expert.axis === undefined),
    geometry,
  );
  return general.shares.length > 0 || own.outside === undefined ? general : own;
}

/** Who of these answers, by the gap in pixels. */
function sharesOf(experts: readonly PriorExpert[], geometry: GapGeometry): ExpertShares {
  const gap = geometry.distance / geometry.pixel;
  const within = experts.filter(({ range }) => outsideRange(geometry, range) === undefined);
  if (within.length === 0) {
    const nearest = experts.toSorted((a, b) => distanceTo(a, gap) - distanceTo(b, gap))[0];
    return { shares: [], outside: nearest && outsideRange(geometry, nearest.range) };
  }
  const ordered = withoutWider(within).toSorted((a, b) => a.gaps[0] - b.gaps[0]);
  const next = ordered.findIndex(({ gaps }) => gap <= gaps[1] * (1 + tolerance));
  if (next < 0) return { shares: [{ expert: ordered[ordered.length - 1], share: 1 }] };
  const [before, expert] = [ordered[next - 1], ordered[next]];
  const to = expert.gaps[0] * (1 - tolerance);
  if (before === undefined || gap >= to) return { shares: [{ expert, share: 1 }] };
  const from = before.gaps[1] * (1 + tolerance);
  const share = (gap - from) / (to - from);
  return {
    shares: [
      { expert: before, share: 1 - share },
      { expert, share },
    ],
  };
}

/** Of experts for the same gaps the one that has seen the narrowest range of pixel sizes: it knows those best. */
function withoutWider(experts: readonly PriorExpert[]): PriorExpert[] {
  const breadth = ({ range: { pixel } }: PriorExpert): number => pixel[1] / pixel[0];
  const share = (a: PriorExpert, b: PriorExpert): boolean => a.gaps[0] < b.gaps[1] && b.gaps[0] < a.gaps[1];
  return experts.filter(
    (one) => !experts.some((other) => share(one, other) && breadth(other) < breadth(one)),
  );
}

function distanceTo({ gaps: [smallest, largest] }: PriorExpert, gap: number): number {
  return Math.max(smallest - gap, gap - largest, 0);
}
