import { dropSlices } from '@oinr/slices';
import type { KeptSlices } from '../../src/method.ts';

/** Numbers of the kept slices that are not bit for bit those given. */
export function slicesDiffering(filled: Float32Array, known: KeptSlices): number[] {
  const again = dropSlices({ grid: known.grid, data: filled }, known.axis, known.kept);
  const bits = (values: Float32Array): Uint32Array =>
    new Uint32Array(values.buffer, values.byteOffset, values.length);
  const [a, b] = [bits(again.data), bits(known.data)];
  const { axis, kept, grid } = known;
  const inner = grid.shape.slice(0, axis).reduce((product, length) => product * length, 1);
  const wrong = new Set<number>();
  b.forEach((value, i) => {
    if (value !== a[i]) wrong.add(Math.floor(i / inner) % kept.length);
  });
  return [...wrong];
}
