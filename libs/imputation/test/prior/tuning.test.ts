import { dropSlices, keepEvery } from '@oinr/slices';
import test from 'ava';
import type { FitKeeper } from '../../src/index.ts';
import { findMethod, type PriorModel, shippedPriorModel } from '../../src/index.ts';
import type { FineTuningSettings } from '../../src/methods/prior/fineTuning.ts';
import { oinrPrior } from '../../src/methods/prior/oinrPrior.ts';
import { oinrPriorInternal } from '../../src/methods/prior/oinrPriorInternal.ts';
import { texture } from '../support/texture.ts';
import { cpu } from './support.ts';

const context = { executor: cpu, seed: 2 };
const truth = texture([24, 26, 28]);
const known = dropSlices(truth, 1, keepEvery({ length: 26, every: 2 }));
const settings = (steps: number, rate: number): FineTuningSettings => ({
  steps,
  batch: 1,
  learningRates: [rate, rate / 10],
  guardBatches: 4,
});

/** The shipped operator without its networks of one axis, which are not tuned. */
async function ofAllAxes(): Promise<PriorModel> {
  const shipped = await shippedPriorModel();
  return { ...shipped, experts: shipped.experts.filter(({ axis }) => axis === undefined) };
}

/** The same with its corrections at a third of their strength, which some steps of tuning mend. */
async function weakened(): Promise<PriorModel> {
  const shipped = await ofAllAxes();
  const experts = shipped.experts.map((expert) => ({
    ...expert,
    weights: { ...expert.weights, 'last.kernel': expert.weights['last.kernel'].map((value) => value / 3) },
  }));
  return { ...shipped, experts };
}

test('a tuning that was stopped goes on where it was kept, to the same bytes', async (t) => {
  const method = oinrPriorInternal({ model: weakened }, settings(14, 1e-3));
  const whole = await method.impute(known, context);
  t.is(whole.filledBy, 'oinr-prior-internal');
  const stop = new AbortController();
  let kept: Awaited<ReturnType<FitKeeper['load']>>;
  const loaded: (readonly [string, number | undefined])[] = [];
  const keeper = (name: string): FitKeeper => ({
    load: async () => {
      loaded.push([name, kept?.state.step]);
      return kept;
    },
    offer: async (take) => {
      kept = await take();
      stop.abort();
    },
  });
  await t.throwsAsync(() => method.impute(known, { ...context, keeper, signal: stop.signal }), {
    name: 'AbortError',
  });
  t.deepEqual((await method.impute(known, { ...context, keeper })).data, whole.data);
  t.deepEqual(loaded, [
    ['tuning', undefined],
    ['tuning', 10],
  ]);
});

test('a tuning that diverges at every rate leaves the operator as it came, with a remark', async (t) => {
  const { data, steps, remarks, filledBy, predicted } = await oinrPriorInternal(
    { model: ofAllAxes },
    settings(2, 1e30),
  ).impute(known, context);
  t.deepEqual(data, (await oinrPrior({ model: ofAllAxes }).impute(known, context)).data);
  t.is(steps, 0);
  t.regex(remarks.join(), /the loss was not finite\.$/);
  t.is(filledBy, 'oinr-prior');
  t.is(predicted, undefined);
});

test('a network of one axis is used as it came; what is predicted are the errors of the network of all axes', async (t) => {
  const general = await ofAllAxes();
  const own = (await weakened()).experts.map((expert) => ({ ...expert, axis: 'coronal' as const }));
  const model = async () => ({ ...general, checksum: 'both', experts: [...own, ...general.experts] });
  const both = await oinrPriorInternal({ model }, settings(4, 1e-3)).impute(known, context);
  t.deepEqual(both.data, (await oinrPrior({ model }).impute(known, context)).data);
  t.notDeepEqual(both.data, (await oinrPrior({ model: ofAllAxes }).impute(known, context)).data);
  t.deepEqual([both.steps, both.filledBy], [0, 'oinr-prior']);
  t.regex(
    both.remarks.join(),
    /it was trained on slices of this axis, and lines within the slices .* run along other axes/,
  );
  // Lines are taken from the volume that the network of one axis has filled, so the errors are nearly the same.
  const alone = await oinrPriorInternal({ model: ofAllAxes }, settings(0, 1e-3)).impute(known, context);
  const ratio = (both.predicted?.mse['oinr-prior'] ?? 0) / (alone.predicted?.mse['oinr-prior'] ?? 0);
  t.true(Math.abs(ratio - 1) < 0.1, `${ratio}`);
  // Where it is known how much better the network of one axis is, that is foreseen, and nothing else changes.
  const better = own.map((expert) => ({ ...expert, errorOverAllAxes: 0.75 }));
  const measured = async () => ({
    ...(await model()),
    checksum: 'measured',
    experts: [...better, ...general.experts],
  });
  const foreseen = await oinrPriorInternal({ model: measured }, settings(4, 1e-3)).impute(known, context);
  t.deepEqual(foreseen.data, both.data);
  t.is(foreseen.predicted?.mse.pchip, both.predicted?.mse.pchip);
  t.is(foreseen.predicted?.mse['oinr-prior'], 0.75 * (both.predicted?.mse['oinr-prior'] ?? Number.NaN));
});

test('where slices are too few to hold one out, or too small to be thinned, nothing is tuned', async (t) => {
  const small = texture([8, 15, 8]);
  for (const few of [
    dropSlices(truth, 1, [0, 2, 4]),
    dropSlices(small, 1, keepEvery({ length: 15, every: 2 })),
  ]) {
    const { steps, remarks } = await findMethod('oinr-prior-internal').impute(few, context);
    t.is(steps, 0);
    t.regex(remarks.join(), /too few or too small/);
  }
});
