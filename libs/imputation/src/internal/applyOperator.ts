import type { KeptPlanes } from '../keptPlanes.ts';
import type { MethodContext } from '../method.ts';
import type { GapOperator } from './gapOperator.ts';
import { planeRunner } from './gapOperator.ts';
import type { PlaneView } from './gapPairs.ts';
import { gapChannels, writeFeatures } from './gapPairs.ts';

/** Consecutive gaps of one size: kept slices first .. first + gaps of the stack. */
export interface GapRun {
  readonly first: number;
  readonly gaps: number;
}

/** Corrections of PCHIP for a run, (gaps, phases, rows, columns), in units of the scale. */
export interface Corrections {
  readonly values: Float32Array;
  /** Correlation of the two families of planes. */
  readonly correlation: number;
  /** Factor that their sum was multiplied by. */
  readonly weight: number;
}

/**
 * Applies the operator in the two families of planes that contain the slice axis, each forwards and backwards, and
 * joins them.
 *
 * Each family's correction is a conditional mean given what its planes show, so its covariance with the truth is its
 * own variance. The best multiple w of the sum of two such estimates with equal variance and correlation r is then
 * w = 1 / (1 + r): the plain average (1/2) where they agree, more where they know different things.
 */
export async function correctRun(
  planes: KeptPlanes,
  run: GapRun,
  operator: GapOperator,
  context: MethodContext,
  onProgress: (done: number) => void,
): Promise<Corrections> {
  const acrossRows = await applyFamily(planes, run, operator, context, 'columns', (d) => onProgress(d / 2));
  const acrossColumns = await applyFamily(planes, run, operator, context, 'rows', (d) =>
    onProgress(0.5 + d / 2),
  );
  let [rows, columns, both] = [0, 0, 0];
  for (let i = 0; i < acrossRows.length; i++) {
    const a = acrossRows[i] ?? 0;
    const b = acrossColumns[i] ?? 0;
    rows += a * a;
    columns += b * b;
    both += a * b;
  }
  const size = Math.sqrt(rows * columns);
  const correlation = size > 0 ? Math.min(1, Math.max(0, both / size)) : 1;
  const weight = 1 / (1 + correlation);
  const values = acrossRows.map((a, i) => weight * (a + (acrossColumns[i] ?? 0)));
  return { values, correlation, weight };
}

/** One family: a plane for every row, running along the columns, or the other way round. */
async function applyFamily(
  planes: KeptPlanes,
  run: GapRun,
  operator: GapOperator,
  context: MethodContext,
  along: 'rows' | 'columns',
  onProgress: (done: number) => void,
): Promise<Float32Array> {
  const { rows, columns, values } = planes;
  const slice = rows * columns;
  const phases = operator.network.channels.at(-1) ?? 0;
  const out = new Float32Array(run.gaps * phases * slice);
  const [count, width] = along === 'columns' ? [rows, columns] : [columns, rows];
  const [planeStride, columnStride] = along === 'columns' ? [columns, 1] : [1, columns];
  const window = { gapStart: 0, gaps: run.gaps, columnStart: 0, columns: width };
  const pixels = run.gaps * width;
  const view = (plane: number, backwards: boolean): PlaneView => ({
    values,
    origin: (run.first + (backwards ? run.gaps : 0)) * slice + plane * planeStride,
    lineStride: backwards ? -slice : slice,
    lines: run.gaps + 1,
    columnStride,
  });
  const runner = await planeRunner(context.executor, operator, run.gaps, width, 2 * count);
  const inputs = new Float32Array(runner.batch * gapChannels * pixels);
  let waiting: { plane: number; backwards: boolean }[] = [];
  const flush = async (): Promise<void> => {
    context.signal?.throwIfAborted();
    const corrections = await runner.run(inputs);
    waiting.forEach(({ plane, backwards }, n) => {
      for (let j = 0; j < phases; j++)
        for (let g = 0; g < run.gaps; g++) {
          // Walked backwards, gap g is the mirror image of the g-th from the end, and so are its phases.
          const gap = backwards ? run.gaps - 1 - g : g;
          const phase = backwards ? phases - 1 - j : j;
          let from = (n * phases + j) * pixels + g * width;
          let to = (gap * phases + phase) * slice + plane * planeStride;
          for (let c = 0; c < width; c++, from++, to += columnStride)
            out[to] = (out[to] ?? 0) + 0.5 * (corrections[from] ?? 0);
        }
    });
    waiting = [];
  };
  try {
    for (let plane = 0; plane < count; plane++) {
      for (const backwards of [false, true]) {
        const to = waiting.length * gapChannels * pixels;
        writeFeatures(view(plane, backwards), window, operator.gains, inputs, to);
        // Nothing is added where nothing is: planes beside the head cost no time.
        if (inputs.subarray(to, to + pixels * gapChannels).every((value) => value === 0)) continue;
        waiting.push({ plane, backwards });
        if (waiting.length === runner.batch) {
          await flush();
          onProgress((plane + 1) / count);
        }
      }
    }
    if (waiting.length > 0) await flush();
  } finally {
    await runner.dispose();
  }
  return out;
}
