import type { SliceProfile } from '@oinr/slices';
import { isThick } from '@oinr/slices';
import { identityAffine } from '@oinr/volume';
import { interpolateVolume, interpolations } from '../interpolation.ts';
import type { KeptSlices, MethodContext } from '../method.ts';
import { reproduceSlices } from '../thickSlices.ts';
import type { GapOperator } from './gapOperator.ts';
import { planeRunner } from './gapOperator.ts';
import { gapChannels, writeFeatures } from './gapPairs.ts';
import type { PairSource, SimulatedPlane } from './trainingPairs.ts';
import { gapsAlong, simulatedPlane } from './trainingPairs.ts';

/** Methods whose error is predicted, in the order of the tables. */
export type PredictedMethod = 'nearest' | 'linear' | 'pchip' | 'cubic' | 'oinr-internal';

/**
 * Mean squared errors on held-out in-plane lines, over pixels of the head, in units of the scale squared. The same k
 * is simulated in slices that no training pair came from; the truth there is measured. With thick slices the lines at
 * the known positions count too, since they are estimated. NaN where nothing was tested.
 */
export type PredictedErrors = Readonly<Record<PredictedMethod, number>>;

/** Held-out slices are tested in both directions at these offsets (shares of a gap). */
const offsets = [0, 0.5];
const headThreshold = 0.03;

/** Errors on all wanted lines of the slices of `source`, without and with the operator. */
export async function predictErrors(
  source: PairSource,
  profile: SliceProfile | undefined,
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
    const corrections = operator
      ? await correct(simulated, source, gaps, across, operator, context)
      : undefined;
    simulated.forEach((plane, n) => {
      const wanted = wantedLines(gaps, every, profile);
      const truth = trueLines(plane, wanted, across);
      const head = truth.map((value) => (value > headThreshold ? 1 : 0));
      tested += head.reduce((sum, inside) => sum + inside, 0);
      const add = (method: PredictedMethod, estimate: Float32Array): void => {
        let sum = sums.get(method) ?? 0;
        for (let i = 0; i < truth.length; i++)
          if (head[i] === 1) sum += ((estimate[i] ?? 0) - (truth[i] ?? 0)) ** 2;
        sums.set(method, sum);
      };
      const known = knownLines(plane, every, across, profile);
      const finish = (method: PredictedMethod, estimate: Float32Array): void => {
        reproduceSlices(estimate, known);
        add(method, selectLines(estimate, wanted, across));
      };
      for (const name of ['nearest', 'linear', 'pchip', 'cubic'] as const) {
        const estimate = interpolateVolume(known, interpolations[name]);
        const correction = name === 'pchip' ? corrections?.[n] : undefined;
        if (correction) finish('oinr-internal', added(estimate, correction));
        finish(name, estimate);
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

/** The operator's corrections of each plane, laid out like its lines 0 .. gaps k: (lines, columns). */
async function correct(
  simulated: readonly SimulatedPlane[],
  source: PairSource,
  gaps: number,
  columns: number,
  operator: GapOperator,
  context: MethodContext,
): Promise<Float32Array[]> {
  const { every, phases } = source;
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
        const ordered = new Float32Array((gaps * every + 1) * columns);
        for (let g = 0; g < gaps; g++)
          phases.forEach((phase, j) => {
            const line = g * every + phase;
            // A known line between two gaps is corrected from both, by half each.
            const share = phase % every === 0 && line > 0 && line < gaps * every ? 0.5 : 1;
            const from = (n * phases.length + j) * pixels + g * columns;
            for (let c = 0; c < columns; c++) {
              const to = line * columns + c;
              ordered[to] = (ordered[to] ?? 0) + share * (corrections[from + c] ?? 0);
            }
          });
        found.push(ordered);
      });
    }
  } finally {
    await runner.dispose();
  }
  return found;
}

/** Lines within the first `gaps` gaps that have to be estimated: all with thick slices, else those between. */
function wantedLines(gaps: number, every: number, profile: SliceProfile | undefined): number[] {
  const lines = Array.from({ length: gaps * every + 1 }, (_, line) => line);
  return isThick(profile) ? lines : lines.filter((line) => line % every !== 0);
}

/** The true lines of a simulated plane at these positions, (lines, columns). */
function trueLines({ view, truth, phaseStride }: SimulatedPlane, lines: readonly number[], columns: number) {
  const out = new Float32Array(lines.length * columns);
  let to = 0;
  for (const line of lines)
    for (let c = 0; c < columns; c++)
      out[to++] = truth[view.origin + line * phaseStride + c * view.columnStride] ?? 0;
  return out;
}

/** Lines of an image whose columns are fastest. */
function selectLines(image: Float32Array, lines: readonly number[], columns: number): Float32Array {
  const out = new Float32Array(lines.length * columns);
  lines.forEach((line, n) => {
    out.set(image.subarray(line * columns, (line + 1) * columns), n * columns);
  });
  return out;
}

/** The known lines of a simulated plane, as kept slices of one voxel's thickness: a plane is a volume (columns, lines, 1). */
function knownLines(
  { view }: SimulatedPlane,
  every: number,
  columns: number,
  profile: SliceProfile | undefined,
): KeptSlices {
  const data = new Float32Array(view.lines * columns);
  let to = 0;
  for (let line = 0; line < view.lines; line++)
    for (let c = 0; c < columns; c++)
      data[to++] = view.values[view.origin + line * view.lineStride + c * view.columnStride] ?? 0;
  return {
    grid: { shape: [columns, (view.lines - 1) * every + 1, 1], affine: identityAffine },
    axis: 1,
    kept: Array.from({ length: view.lines }, (_, line) => line * every),
    data,
    ...(profile ? { profile } : {}),
  };
}

/** The first image with the second added where it reaches. */
function added(image: Float32Array, correction: Float32Array): Float32Array {
  return image.map((value, i) => value + (correction[i] ?? 0));
}
