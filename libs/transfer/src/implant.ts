import { InputError } from '@oinr/errors';
import type { Volume } from '@oinr/volume';
import { Ball } from './ball.ts';

/** A smooth loss of intensity, as of tissue that is thinner or fuller of water. */
export interface Blob {
  /** Full width at half maximum of its Gaussian, mm. */
  readonly fwhm: number;
  /** Share of the intensity that is lost at the centre, 0 to 1. */
  readonly loss: number;
}

/** A blob ends at this many widths from its centre, where its Gaussian has fallen to 0.2 %. */
const endInWidths = 1.5;

/** How far a blob reaches from its centre, mm: beyond it nothing is changed. */
export function reachOf({ fwhm }: Pick<Blob, 'fwhm'>): number {
  return endInWidths * fwhm;
}

/**
 * The volume with a blob at every centre: inside the brain a voxel at a distance d loses the share
 * loss 2^(-4 (d / fwhm)^2) of its own intensity. Multiplied and not subtracted, so that a blob has the texture of what it
 * lies in, and cerebrospinal fluid stays dark.
 *
 * @param inside one per voxel, 1 inside the brain; outside nothing is changed.
 * @throws InputError for a width or loss that makes no blob, and where blobs overlap.
 */
export function implant(
  { grid, data }: Volume,
  inside: ArrayLike<number>,
  centres: readonly number[],
  { fwhm, loss }: Blob,
): Volume {
  if (!(fwhm > 0 && fwhm < Number.POSITIVE_INFINITY))
    throw new InputError(`A blob has a width above 0 mm, but got ${fwhm}.`);
  if (!(loss > 0 && loss <= 1))
    throw new InputError(`A blob takes a share of the intensity above 0 and up to 1, but got ${loss}.`);
  const ball = new Ball(grid, reachOf({ fwhm }));
  const changed = data.slice();
  const used = new Uint8Array(data.length);
  for (const centre of centres)
    ball.visit(centre, (voxel, distance) => {
      if (inside[voxel] !== 1) return;
      if (used[voxel] === 1)
        throw new InputError(
          `Two blobs of ${fwhm} mm overlap: their centres must be ${2 * reachOf({ fwhm })} mm apart.`,
        );
      used[voxel] = 1;
      changed[voxel] = data[voxel] * (1 - loss * 2 ** -(4 * (distance / fwhm) ** 2));
    });
  return { grid, data: changed };
}
