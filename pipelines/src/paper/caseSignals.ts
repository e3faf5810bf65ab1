import { UserError } from '@oinr/errors';
import {
  analyticSolid,
  boxAverage,
  boxMeans,
  type Clip,
  type Image,
  type OccupancyVolume,
  panClip,
  photographs,
  type ReadImage,
  readClip,
  readImage,
  readOccupancy,
} from '@oinr/signals';
import { once } from '../once.ts';
import type { PaperSettings } from './experiment.ts';
import type { PaperTask } from './plan.ts';

/** A signal that no experiment can use. */
export class CaseError extends UserError {
  override readonly name = 'CaseError';
}

/** The photographs that the clip of the program is made of. */
const clipOf = { ground: 'coffee', figure: 'chelsea' } as const;

// At quarter size: sides of images and frames in pixels, of volumes in voxels.
const largestImage = 160;
const smallImage = 320;
const largestFrame = 96;
const largestVolume = 64;
/** The paper has 512: the encoding of such a volume alone takes 26 GB. */
const fullVolume = 256;
const mostFrames = { quarter: 16, full: 64 } as const;
/** O-INR sees no structure in what is smaller than its kernel. */
const kernel = 3;

/** The signals of a case at the size of the run, each read when it is first asked for. */
export function caseSignals(
  task: PaperTask,
  { size }: Pick<PaperSettings, 'size'>,
): {
  readonly image: () => Promise<ReadImage>;
  readonly clip: () => Promise<Clip>;
  readonly volume: () => Promise<OccupancyVolume>;
  readonly photograph: (name: string) => Promise<ReadImage>;
} {
  return {
    image: once(async () => sizedImage(await sourceImage(task), size, task.own?.path ?? task.case)),
    clip: once(async () => sizedClip(await sourceClip(task, size), size, task.own?.path ?? task.case)),
    volume: once(async () => sizedVolume(await sourceVolume(task, size), size, task.own?.path ?? task.case)),
    photograph,
  };
}

/** A photograph that comes with the program, as it is. */
function photograph(name: string): Promise<ReadImage> {
  const found = photographs.find((one) => one.name === name);
  if (found === undefined) throw new Error(`There is no photograph ${name}.`);
  return readImage(found.path);
}

function sourceImage({ own, case: name }: PaperTask): Promise<ReadImage> {
  return own === undefined ? photograph(name) : readImage(own.path);
}

async function sourceClip({ own }: PaperTask, size: PaperSettings['size']): Promise<Clip> {
  if (own !== undefined) return readClip(own.path, mostFrames[size]);
  return { frames: panClip(await photograph(clipOf.ground), await photograph(clipOf.figure)), remarks: [] };
}

async function sourceVolume({ own }: PaperTask, size: PaperSettings['size']): Promise<OccupancyVolume> {
  const side = size === 'quarter' ? largestVolume : fullVolume;
  return own === undefined ? analyticSolid(side) : readOccupancy(own.path, side);
}

/**
 * At quarter size means of boxes: of 4 x 4 pixels, of larger ones where a side would still be longer than 160 pixels, and of
 * smaller ones, or none, where the image has less than 320.
 */
function sizedImage(image: ReadImage, size: PaperSettings['size'], name: string): ReadImage {
  const longer = Math.max(image.height, image.width);
  const needed = Math.ceil(longer / largestImage);
  const factor = size === 'full' ? 1 : longer < smallImage ? needed : Math.max(4, needed);
  return { ...checkedSize(reduced(image, factor), image, name), remarks: image.remarks };
}

function sizedClip({ frames, remarks }: Clip, size: PaperSettings['size'], name: string): Clip {
  const [{ height, width }] = frames;
  const factor = size === 'full' ? 1 : Math.ceil(Math.max(height, width) / largestFrame);
  return {
    frames: frames.map((frame) => checkedSize(reduced(frame, factor), frame, name)),
    remarks,
  };
}

function reduced(image: Image, factor: number): Image {
  if (factor === 1 || Math.min(image.height, image.width) < factor) return image;
  return boxAverage(image, factor);
}

function checkedSize(image: Image, original: Image, name: string): Image {
  if (Math.min(image.height, image.width) >= kernel) return image;
  const shown = ({ height, width }: Image): string =>
    `${width} x ${height} pixel${height * width === 1 ? '' : 's'}`;
  const small = image === original ? '' : `, ${shown(image)} at quarter size`;
  throw new CaseError(
    `${name} has ${shown(original)}${small}, fewer than the ${kernel} x ${kernel} of a kernel. Give a larger image${small === '' ? '' : ', or take --size full'}.`,
  );
}

function sizedVolume(volume: OccupancyVolume, size: PaperSettings['size'], name: string): OccupancyVolume {
  const factor = size === 'full' ? 1 : Math.ceil(Math.max(...volume.shape) / largestVolume);
  const means = factor === 1 ? volume : boxMeans(volume, factor);
  if (Math.min(...means.shape) < kernel)
    throw new CaseError(
      `${name} has ${volume.shape.join(' x ')} voxels${factor === 1 ? '' : `, ${means.shape.join(' x ')} at quarter size`}, fewer than the ${kernel} x ${kernel} x ${kernel} of a kernel. Give a larger volume.`,
    );
  const data = factor === 1 ? volume.data : means.data.map((share) => (share > 0.5 ? 1 : 0));
  return { shape: [means.shape[0], means.shape[1], means.shape[2]], data, remarks: volume.remarks };
}
