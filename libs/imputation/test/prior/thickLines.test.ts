import { acquireSlices, keepEvery, type SliceProfile } from '@oinr/slices';
import test from 'ava';
import { findMethod, type PriorModel, shippedPriorModel } from '../../src/index.ts';
import { interpolateVolume } from '../../src/lines/interpolateVolume.ts';
import { pchip } from '../../src/lines/pchip.ts';
import { oinrPriorInternal } from '../../src/methods/prior/oinrPriorInternal.ts';
import { testOnThickLines } from '../../src/methods/prior/thickLines.ts';
import { texture } from '../support/texture.ts';
import { cpu } from './support.ts';

const context = { executor: cpu, seed: 1 };
const box: SliceProfile = { kind: 'box', thickness: 2 };
const known = acquireSlices(texture([24, 26, 28]), 1, keepEvery({ length: 26, every: 2 }), box);
const filled = interpolateVolume(known, pchip);
const shipped = await shippedPriorModel();

/** The shipped operator with its corrections times a number. */
function ofStrength(factor: number): PriorModel {
  const experts = shipped.experts
    .filter(({ axis }) => axis === undefined)
    .map((expert) => ({
      ...expert,
      weights: {
        ...expert.weights,
        'last.kernel': expert.weights['last.kernel'].map((value) => factor * value),
      },
    }));
  return { ...shipped, checksum: `times ${factor}`, experts };
}

test('an operator that corrects nothing has the error of PCHIP on lines within thick slices', async (t) => {
  const errors = await testOnThickLines({ known, filled, operator: ofStrength(0), every: 2 }, context);
  t.true((errors?.pchip ?? 0) > 0);
  t.is(errors?.prior, errors?.pchip);
});

test('of an operator and its opposite the one that is worse than PCHIP gives way to it, and the sentence says so', async (t) => {
  const filledBy: string[] = [];
  for (const factor of [1, -1]) {
    const operator = ofStrength(factor);
    const found = await oinrPriorInternal({ model: async () => operator }).impute(known, context);
    const { mse } = found.predicted ?? t.fail() ?? { mse: {} };
    const isWorse = mse['oinr-prior'] > mse.pchip;
    t.is(found.filledBy, isWorse ? 'pchip' : 'oinr-prior');
    t.regex(
      found.remarks.join(' '),
      isWorse ? /PCHIP was used, which the operator did not beat/ : /The operator was used as it came/,
    );
    if (isWorse) t.deepEqual(found.data, filled);
    t.is(found.steps, 0);
    filledBy.push(found.filledBy ?? '');
  }
  t.true(filledBy.includes('pchip'));
});

test('thin slices, volumes of eight gaps or fewer lines, and gaps that nobody was trained on are not tested', async (t) => {
  const operator = ofStrength(1);
  const { profile: _, ...thin } = known;
  t.is(await testOnThickLines({ known: thin, filled, operator, every: 2 }, context), undefined);
  const small = acquireSlices(texture([16, 26, 16]), 1, keepEvery({ length: 26, every: 2 }), box);
  const volume = interpolateVolume(small, pchip);
  t.is(await testOnThickLines({ known: small, filled: volume, operator, every: 2 }, context), undefined);
  const nobody = { ...operator, experts: [] };
  t.is(await testOnThickLines({ known, filled, operator: nobody, every: 2 }, context), undefined);
});

test('constant slices are not tested, and come out constant', async (t) => {
  const constant = { ...known, data: new Float32Array(known.data.length).fill(3) };
  const { data, predicted } = await findMethod('oinr-prior-internal').impute(constant, context);
  t.is(predicted, undefined);
  t.true(data.every((value) => value === 3));
});
