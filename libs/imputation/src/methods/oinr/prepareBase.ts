import { InputError } from '@oinr/errors';
import type { TensorValues } from '@oinr/graph';
import { checkKnown } from '../../keptSlices.ts';
import type { KeptSlices, MethodContext } from '../../method.ts';
import { keptPlanes } from '../../planes/keptPlanes.ts';
import type { BaseNetwork } from './baseNetwork.ts';
import { plainParameters } from './baseNetwork.ts';
import { fitSlices, sliceSequence } from './fitSlices.ts';
import { oinrName } from './oinr.ts';
import type { OinrPreset } from './presets.ts';
import { compactPreset } from './presets.ts';
import { representationName } from './representation.ts';

/**
 * Fits the base network of `oinr` to one or a few subjects of a cohort, one after the other, without looking at
 * labels. It needs to be done once per cohort (and serves every k, since gamma is relative to the head's extent); the
 * result is plain data for `MethodContext.base`. Steps are shared among the subjects. Subjects whose slices are
 * constant are passed over; throws an InputError where none is left, and DivergedError as `fit` does.
 */
export async function prepareBase(
  knownList: readonly KeptSlices[],
  context: MethodContext,
  { preset = compactPreset, steps = preset.stepsOfBase }: { preset?: OinrPreset; steps?: number } = {},
): Promise<BaseNetwork> {
  const sequences = knownList.flatMap((known) => {
    checkKnown(known);
    const planes = keptPlanes(known);
    return planes ? [sliceSequence(planes, known.kept)] : [];
  });
  if (sequences.length === 0)
    throw new InputError(
      `A base network needs a subject to be fitted to, but ${knownList.length === 0 ? 'none was given' : 'all slices are constant'}.`,
    );
  const share = Math.ceil(steps / sequences.length);
  let parameters: TensorValues | undefined;
  for (const [n, sequence] of sequences.entries()) {
    const onProgress = (done: number, loss?: number): void =>
      context.onProgress?.((n + done) / sequences.length, loss);
    const keeper = (name: string) => context.keeper?.(`${name}-${n}`);
    const fitted = await fitSlices(
      sequence,
      { preset, steps: share, start: parameters },
      { ...context, onProgress, keeper },
    );
    parameters = fitted.state.parameters;
  }
  return {
    method: oinrName,
    architecture: representationName(preset),
    steps: share * sequences.length,
    parameters: plainParameters(parameters ?? {}),
  };
}
