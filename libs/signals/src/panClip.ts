import { cropImage, type Image } from './image.ts';

/** How the clip is made, pixels of the photographs. */
const pan = { frames: 16, height: 256, width: 384, top: 70, left: 12, down: 0.5, right: 3 } as const;
const object = { top: 60, left: 130, side: 128, from: [40, 220], step: [3, -6] } as const;

/**
 * A clip made of two photographs: a camera pans over `ground`, while a round cut-out of `figure` moves the other way.
 * 16 frames of 256 x 384 pixels; `ground` has at least 340 x 500, `figure` 190 x 260 (coffee and chelsea have).
 */
export function panClip(ground: Image, figure: Image): Image[] {
  const cut = cropImage(figure, object.top, object.left, object.side, object.side);
  return Array.from({ length: pan.frames }, (_, n) => {
    const top = pan.top + Math.floor(n * pan.down);
    const frame = cropImage(ground, top, pan.left + n * pan.right, pan.height, pan.width);
    paste(frame, cut, object.from[0] + n * object.step[0], object.from[1] + n * object.step[1]);
    return frame;
  });
}

/** Lays the largest circle of a square image over another one; what falls outside is not seen. */
function paste(on: Image, piece: Image, top: number, left: number): void {
  const middle = (piece.height - 1) / 2;
  for (let row = 0; row < piece.height; row++)
    for (let column = 0; column < piece.width; column++) {
      const [y, x] = [top + row, left + column];
      const isSeen =
        (row - middle) ** 2 + (column - middle) ** 2 <= middle ** 2 &&
        y >= 0 &&
        y < on.height &&
        x >= 0 &&
        x < on.width;
      if (!isSeen) continue;
      for (let channel = 0; channel < on.channels; channel++)
        on.data[(channel * on.height + y) * on.width + x] =
          piece.data[(channel * piece.height + row) * piece.width + column];
    }
}
