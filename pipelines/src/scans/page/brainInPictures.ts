import { compareDetections } from '@oinr/agreement';
import { isUserError } from '@oinr/errors';
import { brainInHead, dilateMask, foreground, isHead, register, resampleThrough } from '@oinr/registration';
import type { Volume } from '@oinr/volume';
import { carriedBack } from '../../prepare/scan/carriedBack.ts';
import { commonGrid, onGrid, readTarget, targetFiles } from '../../prepare/scan/target.ts';

/** mm around the template's brain that pictures show: a registration is not exact, and eyes are not far. */
const room = 2;
/** Voxels on which the found brain is compared with the template's, mm. */
const looked = 2;
/** A registration whose brain overlaps less with the template's (Dice) may lie anywhere, on the face too. */
const leastOverlap = 0.8;

/** Whether pictures of an image would show a face: by the sidecar, or since it is larger than brains are. */
export function mayShowFace(volume: Volume, isSkullStripped: boolean | undefined): boolean {
  if (!volume.data.some((value) => value > 0)) return isSkullStripped !== true;
  return isSkullStripped === false || isHead(foreground(volume));
}

/**
 * The brain in a scan of a head, with a little around it, 1 inside on the scan's grid: the mask of the Colin27 brain carried
 * back through an affine registration. Undefined where the registration is not to be trusted.
 */
export async function brainOfHead(volume: Volume): Promise<Volume | undefined> {
  if (!volume.data.some((value) => value > 0)) return undefined;
  const target = await readTarget(targetFiles(undefined, undefined));
  const found = await register({ target, scan: volume, shows: 'head' }).catch((error: unknown) => {
    if (isUserError(error)) return undefined;
    throw error;
  });
  if (found === undefined) return undefined;
  const { transform } = found;
  const grid = commonGrid(target.template.grid, looked);
  const { mask } = onGrid(target, grid);
  const own = brainInHead(resampleThrough(volume, transform, grid, 'cubic'), mask);
  if ((compareDetections(mask, own).dice ?? 0) < leastOverlap) return undefined;
  const widened = { ...target, mask: dilateMask(target.mask, target.template.grid, room) };
  return carriedBack(widened, transform, volume.grid);
}
