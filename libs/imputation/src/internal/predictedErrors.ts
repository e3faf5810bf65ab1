import { interpolations } from '../interpolation.ts';
import { interpolateLines } from '../lines.ts';
import type { MethodContext } from '../method.ts';
import type { GapOperator } from './gapOperator.ts';
import { planeRunner } from './gapOperator.ts';
import { gapChannels, writeFeatures } from './gapPairs.ts';
import type { PairSource, SimulatedPlane } from './trainingPairs.ts';
import { gapsAlong, simulatedPlane } from './trainingPairs.ts';

/** Methods whose error is predicted, in the order of the tables. */
export type PredictedMethod = 'nearest' | 'linear' | 'pchip' | 'cubic' | 'oinr-internal';

/**
 * Mean squared errors on held-out in-plane lines, over pixels of the head, in units of the scale squared. The same k
 * is simulated in slices that no training pair came from; the truth there is measured. NaN where nothing was tested.
 */
export type PredictedErrors = Readonly<Record<PredictedMethod, number>>;

/** Held-out slices are tested in both directions at these offsets (shares of a gap). */
const offsets = [0, 0.5];
const headThreshold = 0.03;

/** Errors on all lines of the slices of `source`, without and with the operator. */
export async function predictErrors(
  source: PairSource,
  operator: GapOperator | undefined,
  context: MethodContext,
): Promise<PredictedErrors> {
  const sums = new Map<PredictedMethod, number>();
  let tested = 0;
  for (const alongRows of [true, false]) {
    const { planes, every, linesPerSlice } = source;
    const phase = alongRows ? linesPerSlice.rows : linesPerSlice.columns;
    if (phase === 0) continue;
    const [length, across] = alongRows ? [planes.rows, planes.columns] : [planes.columns, planes.rows];
    const gaps = gapsAlong(length, phase * every);
    const simulated = source.slices.flatMap((slice) =>
      offsets.map((share) =>
        simulatedPlane(source, {
          slice,
          alongRows,
          offset: Math.floor(share * phase * every),
          backwards: false,
          mirrored: false,
        }),
      ),
    );
    const corrections = operator ? await correct(simulated, gaps, across, operator, context) : undefined;
    simulated.forEach((plane, n) => {
      const truth = missingLines(plane, every, gaps, across);
      const head = truth.map((value) => (value > headThreshold ? 1 : 0));
      tested += head.reduce((sum, inside) => sum + inside, 0);
      const add = (method: PredictedMethod, estimate: Float32Array): void => {
        let sum = sums.get(method) ?? 0;
        for (let i = 0; i < truth.length; i++)
          if (head[i] === 1) sum += ((estimate[i] ?? 0) - (truth[i] ?? 0)) ** 2;
        sums.set(method, sum);
      };
      const known = knownLines(plane, across);
      for (const name of ['nearest', 'linear', 'pchip', 'cubic'] as const) {
        const positions = Array.from(
          { length: gaps * (every - 1) },
          (_, p) => Math.floor(p / (every - 1)) * every + (p % (every - 1)) + 1,
        );
        const knots = Array.from({ length: plane.view.lines }, (_, line) => line * every);
        const lines = { values: known, inner: across, length: plane.view.lines, outer: 1 };
        const estimate = interpolateLines(lines, knots, positions, interpolations[name]);
        add(name, estimate);
        if (name === 'pchip' && corrections) {
          const correction = corrections[n] ?? new Float32Array();
          add(
            'oinr-internal',
            estimate.map((value, i) => value + (correction[i] ?? 0)),
          );
        }
      }
    });
  }
  const error = (method: PredictedMethod): number => (sums.get(method) ?? Number.NaN) / tested;
  return {
    nearest: error('nearest'),
    linear: error('linear'),
    pchip: error('pchip'),
    cubic: error('cubic'),
    'oinr-internal': error('oinr-internal'),
  };
}

/** The operator's corrections of each plane, ordered as `missingLines`. */
async function correct(
  simulated: readonly SimulatedPlane[],
  gaps: number,
  columns: number,
  operator: GapOperator,
  context: MethodContext,
): Promise<Float32Array[]> {
  const phases = operator.network.channels.at(-1) ?? 0;
  const pixels = gaps * columns;
  const runner = await planeRunner(context.executor, operator, gaps, columns, simulated.length);
  const window = { gapStart: 0, gaps, columnStart: 0, columns };
  const found: Float32Array[] = [];
  try {
    for (let start = 0; start < simulated.length; start += runner.batch) {
      context.signal?.throwIfAborted();
      const part = simulated.slice(start, start + runner.batch);
      const inputs = new Float32Array(runner.batch * gapChannels * pixels);
      part.forEach((plane, n) => {
        writeFeatures(plane.view, window, operator.gains, inputs, n * gapChannels * pixels);
      });
      const corrections = await runner.run(inputs);
      part.forEach((_, n) => {
        const ordered = new Float32Array(phases * pixels);
        for (let g = 0; g < gaps; g++)
          for (let j = 0; j < phases; j++) {
            const from = (n * phases + j) * pixels + g * columns;
            ordered.set(corrections.subarray(from, from + columns), (g * phases + j) * columns);
          }
        found.push(ordered);
      });
    }
  } finally {
    await runner.dispose();
  }
  return found;
}

/** The true lines between the known ones, (gaps (k - 1), columns). */
function missingLines(plane: SimulatedPlane, every: number, gaps: number, columns: number): Float32Array {
  const { view, phaseStride } = plane;
  const out = new Float32Array(gaps * (every - 1) * columns);
  let to = 0;
  for (let g = 0; g < gaps; g++)
    for (let j = 1; j < every; j++)
      for (let c = 0; c < columns; c++)
        out[to++] =
          view.values[view.origin + g * view.lineStride + j * phaseStride + c * view.columnStride] ?? 0;
  return out;
}

/** The known lines of a simulated plane, (lines, columns). */
function knownLines({ view }: SimulatedPlane, columns: number): Float32Array {
  const out = new Float32Array(view.lines * columns);
  let to = 0;
  for (let line = 0; line < view.lines; line++)
    for (let c = 0; c < columns; c++)
      out[to++] = view.values[view.origin + line * view.lineStride + c * view.columnStride] ?? 0;
  return out;
}
