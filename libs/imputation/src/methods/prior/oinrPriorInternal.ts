import { isThick } from '@oinr/slices';
import { anatomicalAxis } from '@oinr/volume';
import { commonestGap } from '../../gaps.ts';
import { checkKnown } from '../../keptSlices.ts';
import { interpolateVolume } from '../../lines/interpolateVolume.ts';
import { pchip } from '../../lines/pchip.ts';
import type { Imputation, ImputationMethod, KeptSlices, MethodContext } from '../../method.ts';
import { withProgress } from '../../progress.ts';
import { shared } from '../../subjectSession.ts';
import type { PriorVolume } from './applyPrior.ts';
import { applyPrior, gapGeometry } from './applyPrior.ts';
import { expertsFor, type PriorExpert } from './experts.ts';
import type { FineTuningSettings } from './fineTuning.ts';
import { fineTune, fineTuningSettings } from './fineTuning.ts';
import type { PriorMethodOptions } from './oinrPrior.ts';
import { acquiredThickness, operatorOf, priorName, priorOnce } from './oinrPrior.ts';
import type { PriorModel } from './priorModel.ts';
import { testOnThickLines } from './thickLines.ts';

export const priorInternalName = 'oinr-prior-internal';

// Shares of the work, for progress.
const filled = 0.2;
const tuned = 0.8;

/**
 * The operator learned across people, then trained on for some steps inside the subject. On kept slices that the
 * training did not see, PCHIP, the operator as it came and the tuned one are compared where in-plane lines were
 * dropped, and the best of the three fills the volume; a remark says so when it is not the tuned one. Where slices are
 * thick the operator is not trained on, and the better of PCHIP and the operator as it came fills the volume.
 */
export function oinrPriorInternal(
  options: PriorMethodOptions = {},
  settings: FineTuningSettings = fineTuningSettings,
): ImputationMethod {
  return {
    name: priorInternalName,
    title: 'O-INR with a prior, tuned',
    description:
      'the same network, trained further inside each subject on lines dropped from its own kept slices, where that lowers the error on slices left out of this training.',
    needs: ['executor', 'operator'],
    isTrained: true,
    predicts: true,
    color: '#8c510a',
    canPredict: async (known, context) =>
      testableGap(known, await operatorOf(context, options)) !== undefined,
    async impute(known, context) {
      checkKnown(known);
      context.signal?.throwIfAborted();
      const filling = withProgress(context, 0, filled);
      const { operator, volume, sharedSeconds } = await priorOnce(known, filling, options);
      const key = `${priorInternalName}, ${operator.checksum}, ${context.seed}, ${context.executor.name}, ${JSON.stringify(settings)}`;
      const { result, sharedSeconds: tuningSeconds } = await shared(known, context, key, () =>
        tunePrior({ known, operator, volume, settings }, context),
      );
      context.onProgress?.(1);
      return { ...result, data: result.data.slice(), sharedSeconds: sharedSeconds + tuningSeconds };
    },
  };
}

/** The gap size that the operator is trained for and tested at, and the expert that has most to say about it. */
interface Testable {
  readonly every: number;
  readonly expert: PriorExpert;
  /** Whether this expert fills the volume: one that was trained on its axis alone goes before it, and is not tuned. */
  readonly isAnswering: boolean;
  /** The error of those that fill the volume over that of this expert, as it was measured on other people. */
  readonly errorOfAnswering: number;
}

/**
 * Undefined where gaps are out of range: where an operator cannot be tested nobody can tell without truth whether it is the
 * best. Lines within the slices run along other axes, so the expert is one of all axes.
 */
function testableGap(known: KeptSlices, { experts }: PriorModel): Testable | undefined {
  const every = commonestGap(known.kept);
  if (every === undefined) return undefined;
  const geometry = gapGeometry(known, every, acquiredThickness(known));
  const axis = anatomicalAxis(known.grid, known.axis);
  const ofAllAxes = experts.filter((expert) => expert.axis === undefined);
  const [first, second] = expertsFor(ofAllAxes, geometry, axis).shares;
  if (!first) return undefined;
  const expert = second && second.share > first.share ? second.expert : first.expert;
  const answering = expertsFor(experts, geometry, axis).shares;
  return {
    every,
    expert,
    isAnswering: answering.some((one) => one.expert === expert),
    errorOfAnswering: answering.reduce((sum, one) => sum + one.share * (one.expert.errorOverAllAxes ?? 1), 0),
  };
}

/** The volume that the operator gave as it came, and how it is to be tuned. */
interface Tuning {
  readonly known: KeptSlices;
  readonly operator: PriorModel;
  readonly volume: PriorVolume;
  readonly settings: FineTuningSettings;
}

type AsItCame = Pick<Tuning, 'operator' | 'volume'>;

function untuned({ operator, volume }: AsItCame, remarks: readonly string[]): Imputation {
  return {
    data: volume.data,
    steps: 0,
    remarks: [...volume.remarks, ...remarks],
    details: { operator: operator.checksum },
    filledBy: priorName,
  };
}

/** PCHIP's volume, where it was better on held-out lines. */
function byPchip(
  { known, volume }: Pick<Tuning, 'known' | 'volume'>,
  numbers: string,
): Pick<Imputation, 'data' | 'remarks' | 'filledBy'> {
  const remark = `PCHIP was used, which the operator did not beat in this subject ${numbers}.`;
  return { data: interpolateVolume(known, pchip), remarks: [...volume.remarks, remark], filledBy: 'pchip' };
}

/** Thick slices are not trained on: there the operator is tested as it came, by the experts of all axes. */
async function asItCameThick(
  { known, operator, volume }: Omit<Tuning, 'settings'>,
  every: number | undefined,
  context: MethodContext,
): Promise<Imputation> {
  const remark =
    'The operator was used as it came: it is trained inside the subject only where slices are thin.';
  const experts = operator.experts.filter((expert) => expert.axis === undefined);
  const errors =
    every === undefined
      ? undefined
      : await testOnThickLines(
          { known, filled: volume.data, operator: { ...operator, experts }, every },
          context,
        );
  if (errors === undefined) return untuned({ operator, volume }, [remark]);
  const predicted = { mse: { pchip: errors.pchip, [priorName]: errors.prior } };
  if (errors.prior < errors.pchip) return { ...untuned({ operator, volume }, [remark]), predicted };
  const numbers =
    `(mean squared errors on in-plane lines, averaged and thinned like the slices: PCHIP ` +
    `${errors.pchip.toExponential(2)}, operator ${errors.prior.toExponential(2)})`;
  return { ...untuned({ operator, volume }, []), ...byPchip({ known, volume }, numbers), predicted };
}

async function tunePrior(
  { known, operator, volume, settings }: Tuning,
  context: MethodContext,
): Promise<Imputation> {
  const details = { operator: operator.checksum };
  const asItCame = (remarks: readonly string[]): Imputation => untuned({ operator, volume }, remarks);
  const testable = testableGap(known, operator);
  if (isThick(known.profile))
    return asItCameThick({ known, operator, volume }, testable?.every, withProgress(context, filled, 1));
  if (testable === undefined) return asItCame([]);
  const { every, expert, isAnswering, errorOfAnswering } = testable;
  const task = { known, filled: volume.data, every };
  const steps = isAnswering ? settings.steps : 0;
  const result = await fineTune(task, expert, { ...settings, steps }, withProgress(context, filled, tuned));
  if (!result)
    return asItCame([
      'The operator was not trained on: the slices are too few or too small for it, or the loss was not finite.',
    ]);
  const { weights } = result;
  const errors = {
    pchip: result.errors.pchip,
    prior: result.errors.prior * errorOfAnswering,
    tuned: result.errors.tuned * errorOfAnswering,
  };
  const tested = {
    steps,
    details,
    predicted: {
      mse: { pchip: errors.pchip, [priorName]: errors.prior, [priorInternalName]: errors.tuned },
    },
  };
  const numbers =
    `(mean squared errors on held-out in-plane lines: PCHIP ${errors.pchip.toExponential(2)}, operator ` +
    `${errors.prior.toExponential(2)}, tuned ${errors.tuned.toExponential(2)})`;
  // Written so that NaN, where nothing could be tested, leaves the operator as it came.
  if (errors.tuned < errors.prior && errors.tuned < errors.pchip) {
    const { executor, signal } = context;
    const { onProgress } = withProgress(context, tuned, 1);
    const { data, remarks } = await applyPrior(
      known,
      {
        ...operator,
        experts: operator.experts.map((other) => (other === expert ? { ...expert, weights } : other)),
      },
      executor,
      {
        onProgress,
        signal,
      },
    );
    return { ...tested, data, remarks, filledBy: priorInternalName };
  }
  if (errors.pchip < errors.prior) return { ...tested, ...byPchip({ known, volume }, numbers) };
  if (!isAnswering)
    return {
      ...asItCame([
        `The operator was used as it came: it was trained on slices of this axis, and lines within the slices ${numbers} run along other axes.`,
      ]),
      ...tested,
    };
  const remark = `The operator was used as it came, since training inside the subject did not help ${numbers}.`;
  return { ...asItCame([remark]), ...tested };
}
