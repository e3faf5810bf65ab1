import { InputError } from '@oinr/errors';
import { isThick } from '@oinr/slices';
import { checkKnown } from '../../keptSlices.ts';
import type { ImputationMethod, KeptSlices, MethodContext } from '../../method.ts';
import { shared } from '../../subjectSession.ts';
import type { PriorVolume } from './applyPrior.ts';
import { applyPrior } from './applyPrior.ts';
import type { PriorModel } from './priorModel.ts';

export const priorName = 'oinr-prior';

export interface PriorMethodOptions {
  /** The operator, whatever the context has. */
  readonly model?: () => Promise<PriorModel>;
  /** The operator that is taken where the context has none: the one that comes with this package, read when it is needed. */
  readonly shipped?: () => Promise<PriorModel>;
}

/**
 * O-INR on functions of the data, learned across people and applied as it is: nothing is trained on the subject.
 * Any pattern of kept slices along any axis; gaps of a size that the operator was not trained on are left to PCHIP,
 * and a remark says so. Adding a constant to all intensities, multiplying them by a positive number, or reversing
 * the slice axis does the same to the result. Throws PriorModelError for weights that are damaged or of another
 * version.
 */
export function oinrPrior(options: PriorMethodOptions = {}): ImputationMethod {
  return {
    name: priorName,
    title: 'O-INR with a prior',
    description:
      'a convolutional network from functions of the kept slices to the missing ones, learned on full-resolution scans of other people and applied as it is.',
    needs: ['executor', 'operator'],
    isTrained: true,
    predicts: false,
    color: '#e69f00',
    async impute(known, context) {
      checkKnown(known);
      context.signal?.throwIfAborted();
      const { operator, volume, sharedSeconds } = await priorOnce(known, context, options);
      context.onProgress?.(1);
      return {
        data: volume.data.slice(),
        steps: 0,
        remarks: volume.remarks,
        details: { operator: operator.checksum, gapsByOperator: volume.gaps },
        sharedSeconds,
      };
    },
  };
}

/** Over how many slices of the full grid a kept slice averages: 0 where slices are thin. */
export function acquiredThickness({ profile }: KeptSlices): number {
  return isThick(profile) ? profile.thickness : 0;
}

/**
 * The operator that is meant: the method's own, that of the context, or the one that comes with this package. Throws an
 * InputError where there is none of them.
 */
export async function operatorOf(
  context: MethodContext,
  { model, shipped }: PriorMethodOptions,
): Promise<PriorModel> {
  const operator = (await model?.()) ?? context.operator ?? (await shipped?.());
  if (operator === undefined)
    throw new InputError('This method needs an operator, and none was given; hand one over in the context.');
  return operator;
}

/** The operator and the volume that it gives as it came, computed once for all methods that begin with it. */
export async function priorOnce(
  known: KeptSlices,
  context: MethodContext,
  options: PriorMethodOptions,
): Promise<{ readonly operator: PriorModel; readonly volume: PriorVolume; readonly sharedSeconds: number }> {
  const operator = await operatorOf(context, options);
  const { executor, onProgress, signal } = context;
  const thickness = acquiredThickness(known);
  const key = `${priorName}, ${operator.checksum}, ${executor.name}`;
  const { result, sharedSeconds } = await shared(known, context, key, () =>
    applyPrior(known, operator, executor, { thickness, onProgress, signal }),
  );
  return { operator, volume: result, sharedSeconds };
}
