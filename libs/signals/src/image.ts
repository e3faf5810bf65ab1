import { InputError } from '@oinr/errors';

/** An image: shape (channels, height, width), row-major, values in [0, 1] where it shows light. */
export interface Image {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly data: Float32Array;
}

/** An image with something said of how it was read. */
export interface ReadImage extends Image {
  /** Sentences about what was changed to make it an image of three colours. */
  readonly remarks: readonly string[];
}

/** Frames of one size, in order. */
export interface Clip {
  readonly frames: readonly Image[];
  readonly remarks: readonly string[];
}

/** A part of an image. @throws InputError where it is not inside. */
export function cropImage(image: Image, top: number, left: number, height: number, width: number): Image {
  if (
    top < 0 ||
    left < 0 ||
    height < 1 ||
    width < 1 ||
    top + height > image.height ||
    left + width > image.width
  )
    throw new InputError(
      `A crop of ${height} x ${width} pixels at row ${top}, column ${left} does not fit into an image of ${image.height} x ${image.width}.`,
    );
  const data = new Float32Array(image.channels * height * width);
  for (let channel = 0, at = 0; channel < image.channels; channel++)
    for (let row = 0; row < height; row++, at += width) {
      const from = (channel * image.height + top + row) * image.width + left;
      data.set(image.data.subarray(from, from + width), at);
    }
  return { channels: image.channels, height, width, data };
}

/**
 * Means of boxes of `factor` x `factor` pixels; rows and columns that fill no box, at the bottom and on the right, are
 * left out. @throws InputError for an image smaller than one box.
 */
export function boxAverage(image: Image, factor: number): Image {
  const height = Math.floor(image.height / factor);
  const width = Math.floor(image.width / factor);
  if (height < 1 || width < 1)
    throw new InputError(
      `An image of ${image.height} x ${image.width} pixels has no box of ${factor} x ${factor}.`,
    );
  const data = new Float32Array(image.channels * height * width);
  for (let channel = 0, at = 0; channel < image.channels; channel++)
    for (let row = 0; row < height; row++)
      for (let column = 0; column < width; column++) {
        let sum = 0;
        for (let y = 0; y < factor; y++)
          for (let x = 0; x < factor; x++)
            sum +=
              image.data[(channel * image.height + row * factor + y) * image.width + column * factor + x];
        data[at++] = sum / factor ** 2;
      }
  return { channels: image.channels, height, width, data };
}

/** The luma of an image by the weights of ITU-R BT.601, one channel. An image of one channel stays as it is. */
export function greyImage(image: Image): Image {
  if (image.channels === 1) return image;
  const size = image.height * image.width;
  const data = Float32Array.from(
    { length: size },
    (_, i) => 0.299 * image.data[i] + 0.587 * image.data[size + i] + 0.114 * image.data[2 * size + i],
  );
  return { channels: 1, height: image.height, width: image.width, data };
}
