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

/** The shipped operator with its corrections at a third of their strength, which some steps of tuning mend. */
async function weakened(): Promise<PriorModel> {
  const shipped = await shippedPriorModel();
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
    { shipped: shippedPriorModel },
    settings(2, 1e30),
  ).impute(known, context);
  t.deepEqual(data, (await oinrPrior({ shipped: shippedPriorModel }).impute(known, context)).data);
  t.is(steps, 0);
  t.regex(remarks.join(), /the loss was not finite\.$/);
  t.is(filledBy, 'oinr-prior');
  t.is(predicted, undefined);
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
