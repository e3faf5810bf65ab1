/**
 * Values of an image, volume or film as coordinate networks give them, (points, channels), from those of convolutions and
 * files, (channels, points).
 */
export function channelsLast(values: Float32Array, channels: number): Float32Array {
  return exchanged(values, channels);
}

/** The way back: (channels, points) from (points, channels). */
export function channelsFirst(values: Float32Array, channels: number): Float32Array {
  return exchanged(values, values.length / channels);
}

/** The transpose of a matrix of `rows` rows. */
function exchanged(values: Float32Array, rows: number): Float32Array {
  const columns = values.length / rows;
  const out = new Float32Array(values.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++)
      out[column * rows + row] = values[row * columns + column];
  }
  return out;
}
