import test from 'ava';
import { availableEngines, openExecutor } from '../src/index.ts';
import { demandsOn, type Tolerance } from './conformance.ts';
import { testSeed } from './random.ts';

// Every engine that is present is held to the reference. Inputs are new on every run; OINR_TEST_SEED=<seed> repeats one.
const seed = testSeed();
console.log(`conformance: OINR_TEST_SEED=${seed}`);

const tolerances: Readonly<Record<string, Tolerance>> = {
  cpu: { operation: 3e-6, trajectory: 2e-4 },
  tfjs: { operation: 5e-6, trajectory: 5e-4 },
  webgpu: { operation: 1e-5, trajectory: 1e-3 },
  cuda: { operation: 1e-5, trajectory: 1e-3 },
};

for (const { name, available, reason } of await availableEngines()) {
  if (name === 'reference') continue;
  if (!available) {
    console.log(`conformance of ${name} skipped: ${reason}`);
    test.skip(`${name}: ${reason}`, () => {});
    continue;
  }
  for (const { title, check } of demandsOn(await openExecutor(name), tolerances[name], seed))
    test.serial(`${name}: ${title}`, async (t) => {
      t.deepEqual(await check(), []);
    });
}
