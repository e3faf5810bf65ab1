import type { GapRun } from '../../gaps.ts';
import type { MethodContext } from '../../method.ts';
import type { KeptPlanes } from '../../planes/keptPlanes.ts';
import { withProgress } from '../../progress.ts';
import type { GapOperator } from './gapOperator.ts';
import { planeRunner } from './gapOperator.ts';
import type { PlaneView } from './gapPairs.ts';
import { gapChannels, writeFeatures } from './gapPairs.ts';

/** Corrections of PCHIP for a run, (gaps, phases, rows, columns), in units of the scale. */
export interface Corrections {
  readonly values: Float32Array;
  /** Factor that the sum of the two families of planes was multiplied by. */
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
): Promise<Corrections> {
  const acrossRows = await applyFamily('columns', planes, run, operator, withProgress(context, 0, 0.5));
  const acrossColumns = await applyFamily('rows', planes, run, operator, withProgress(context, 0.5, 1));
  let [rows, columns, both] = [0, 0, 0];
  for (let i = 0; i < acrossRows.length; i++) {
    const a = acrossRows[i];
    const b = acrossColumns[i];
    rows += a * a;
    columns += b * b;
    both += a * b;
  }
  const size = Math.sqrt(rows * columns);
  const correlation = size > 0 ? Math.min(1, Math.max(0, both / size)) : 1;
  const weight = 1 / (1 + correlation);
  return { values: acrossRows.map((a, i) => weight * (a + acrossColumns[i])), weight };
}

/** One family: a plane for every row, running along the columns, or the other way round. */
async function applyFamily(
  along: 'rows' | 'columns',
  planes: KeptPlanes,
  run: GapRun,
  operator: GapOperator,
  { executor, signal, onProgress }: MethodContext,
): Promise<Float32Array> {
  const { rows, columns, values } = planes;
  const slice = rows * columns;
  const phases = operator.network.channels[operator.network.channels.length - 1];
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
  const runner = await planeRunner(executor, operator, {
    gaps: run.gaps,
    columns: width,
    planes: 2 * count,
  });
  const inputs = new Float32Array(runner.batch * gapChannels * pixels);
  let waiting: { plane: number; backwards: boolean }[] = [];
  const flush = async (): Promise<void> => {
    signal?.throwIfAborted();
    const corrections = await runner.run(inputs);
    waiting.forEach(({ plane, backwards }, n) => {
      for (let j = 0; j < phases; j++)
        for (let g = 0; g < run.gaps; g++) {
          // Walked backwards, gap g is the mirror image of the g-th from the end, and so are its phases.
          const gap = backwards ? run.gaps - 1 - g : g;
          const phase = backwards ? phases - 1 - j : j;
          let from = (n * phases + j) * pixels + g * width;
          let to = (gap * phases + phase) * slice + plane * planeStride;
          for (let c = 0; c < width; c++, from++, to += columnStride) out[to] += 0.5 * corrections[from];
        }
    });
    waiting = [];
  };
  try {
    for (let plane = 0; plane < count; plane++) {
      for (const backwards of [false, true]) {
        const to = waiting.length * gapChannels * pixels;
        writeFeatures(view(plane, backwards), window, operator.gains, inputs, to);
        // A plane that shows background only is not corrected: those beside the head cost no time.
        if (inputs.subarray(to, to + pixels * gapChannels).every((value) => value === 0)) continue;
        waiting.push({ plane, backwards });
        if (waiting.length === runner.batch) {
          await flush();
          onProgress?.((plane + 1) / count);
        }
      }
    }
    if (waiting.length > 0) await flush();
  } finally {
    await runner.dispose();
  }
  return out;
}
