import type { Affine } from '@oinr/volume';

/**
 * An affine between RAS+ worlds as the text file that ITK, ANTs and 3D Slicer read (`.txt` or `.tfm`). ITK's world is
 * LPS+: x and y run the other way, so entries that mix a flipped axis with an unflipped one change sign.
 */
export function itkAffineText(affine: Affine): string {
  const flip = [-1, -1, 1];
  const entry = (row: number, column: number): number =>
    // + 0 turns a negative zero into zero.
    affine[4 * row + column] * flip[row] * (column < 3 ? flip[column] : 1) + 0;
  const matrix = [0, 1, 2].flatMap((row) => [0, 1, 2].map((column) => entry(row, column)));
  const shift = [0, 1, 2].map((row) => entry(row, 3));
  return [
    '#Insight Transform File V1.0',
    '#Transform 0',
    'Transform: AffineTransform_double_3_3',
    `Parameters: ${[...matrix, ...shift].join(' ')}`,
    'FixedParameters: 0 0 0',
    '',
  ].join('\n');
}
