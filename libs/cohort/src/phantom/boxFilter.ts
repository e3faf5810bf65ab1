/**
 * The mean over a box of `width` voxels (any positive number; parts of voxels count in part) around each voxel, along
 * each axis; what lies outside counts as 0. `data` has nx * ny * nz values, x fastest; so has the
 * result.
 *
 * Width m of voxels of 1 mm is what a voxel of m mm sees. Repeated three times it is nearly a Gaussian, but it reaches
 * no further than 1.5 widths, and there it is exactly 0.
 */
export function boxFilter(
  data: Float32Array,
  [nx, ny, nz]: readonly [number, number, number],
  width: number,
): Float32Array {
  let source = data;
  for (const [count, stride] of [
    [nx, 1],
    [ny, nx],
    [nz, nx * ny],
  ] as const) {
    const target = new Float32Array(data.length);
    filterAxis(source, target, count, stride, width);
    source = target;
  }
  return source;
}

/** Filters along the axis with this many voxels and this stride between neighbours. */
function filterAxis(
  source: Float32Array,
  target: Float32Array,
  count: number,
  stride: number,
  width: number,
) {
  // Voxels at distance d weigh as much as of them lies in the box: all up to `whole`, a part of the next one.
  const whole = Math.floor((width - 1) / 2);
  const reach = whole + 1;
  const part = (width - 1) / 2 - whole;
  const line = new Float64Array(count + 2 * reach);
  const scale = 1 / width;
  const block = count * stride;
  for (let start = 0; start < source.length; start += block) {
    for (let offset = 0; offset < stride; offset++) {
      const first = start + offset;
      for (let i = 0; i < count; i++) line[reach + i] = source[first + i * stride];
      for (let i = 0; i < count; i++) {
        let sum = part * (line[i] + line[i + 2 * reach]);
        for (let d = 1; d < 2 * reach; d++) sum += line[i + d];
        target[first + i * stride] = sum * scale;
      }
    }
  }
}
