import type { SliceProfile } from '@oinr/slices';
import { isThick } from '@oinr/slices';
import { identityAffine } from '@oinr/volume';
import { headThreshold } from '../../intensities.ts';
import { interpolateVolume, interpolations } from '../../lines/interpolateVolume.ts';
import type { KeptSlices, MethodContext } from '../../method.ts';
import { reproduceSlices } from '../../thickSlices.ts';
import type { GapOperator } from './gapOperator.ts';
import { planeRunner } from './gapOperator.ts';
import type { SimulatedPlane } from './gapPairs.ts';
import { gapChannels, writeFeatures } from './gapPairs.ts';
import { internalName } from './settings.ts';
import type { PairSource } from './trainingPairs.ts';
import { gapsAlong, simulatedPlane } from './trainingPairs.ts';

const allInterpolations = Object.keys(interpolations) as (keyof typeof interpolations)[];

/** Held-out slices are tested in both directions at these offsets (shares of a gap). */
const offsets = [0, 0.5];

/** What is tested: interpolations by their names, and the operator that corrects PCHIP, where one is given. */
interface Tested {
  readonly interpolations?: readonly (keyof typeof interpolations)[];
  readonly operator?: GapOperator;
}

/**
 * Mean squared errors by method on in-plane lines of the slices of `source`, over pixels of the head, in units of the planes'
 * scale squared. The same gap is simulated in slices that no training pair came
 * from; the truth there is measured. With thick slices the lines at the known positions count too, since they are
 * estimated. NaN where nothing was tested. Default: all interpolations.
 */
export async function predictErrors(
  source: PairSource,
  profile: SliceProfile | undefined,
  { interpolations: chosen = allInterpolations, operator }: Tested,
  context: MethodContext,
): Promise<Record<string, number>> {
  const names: string[] = [...chosen, ...(operator ? [internalName] : [])];
  const sums: Record<string, number> = Object.fromEntries(names.map((name) => [name, 0]));
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
    const corrections = operator && (await correct(simulated, source, gaps, operator, context));
    simulated.forEach((plane, n) => {
      const wanted = wantedLines(gaps, every, profile);
      const truth = trueLines(plane, wanted, across);
      const head = truth.map((value) => (value > headThreshold ? 1 : 0));
      tested += head.reduce((sum, inside) => sum + inside, 0);
      const known = knownLines(plane, every, across, profile);
      const finish = (method: string, volume: Float32Array): void => {
        reproduceSlices(volume, known);
        const estimate = selectLines(volume, wanted, across);
        for (let i = 0; i < truth.length; i++)
          if (head[i] === 1) sums[method] += (estimate[i] - truth[i]) ** 2;
      };
      const pchip = corrections && interpolateVolume(known, interpolations.pchip);
      if (corrections && pchip) finish(internalName, added(pchip, corrections[n]));
      for (const name of chosen)
        finish(name, (name === 'pchip' && pchip) || interpolateVolume(known, interpolations[name]));
    });
  }
  return Object.fromEntries(names.map((name) => [name, sums[name] / tested]));
}

/** The operator's corrections of each plane, laid out like the lines of its first gaps: (lines, columns). */
async function correct(
  simulated: readonly SimulatedPlane[],
  { every, phases }: PairSource,
  gaps: number,
  operator: GapOperator,
  { executor, signal }: MethodContext,
): Promise<Float32Array[]> {
  const { columns } = simulated[0];
  const pixels = gaps * columns;
  const runner = await planeRunner(executor, operator, { gaps, columns, planes: simulated.length });
  const window = { gapStart: 0, gaps, columnStart: 0, columns };
  const found: Float32Array[] = [];
  try {
    for (let start = 0; start < simulated.length; start += runner.batch) {
      signal?.throwIfAborted();
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
            for (let c = 0; c < columns; c++) ordered[line * columns + c] += share * corrections[from + c];
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
function trueLines(
  { view, truth, phaseStride }: SimulatedPlane,
  lines: readonly number[],
  columns: number,
): Float32Array {
  const out = new Float32Array(lines.length * columns);
  let to = 0;
  for (const line of lines)
    for (let c = 0; c < columns; c++)
      out[to++] = truth[view.origin + line * phaseStride + c * view.columnStride];
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
      data[to++] = view.values[view.origin + line * view.lineStride + c * view.columnStride];
  return {
    grid: { shape: [columns, (view.lines - 1) * every + 1, 1], affine: identityAffine },
    axis: 1,
    kept: Array.from({ length: view.lines }, (_, line) => line * every),
    data,
    profile,
  };
}

/** The first image with the second, which may have fewer lines, added. */
function added(image: Float32Array, correction: Float32Array): Float32Array {
  return image.map((value, i) => (i < correction.length ? value + correction[i] : value));
}
