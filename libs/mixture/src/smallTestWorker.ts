import { parentPort, workerData } from 'node:worker_threads';
import { errorReport } from '@oinr/errors';
import { studentQuantile } from '@oinr/statistics';
import type { SmallTest, SmallTestResult } from './smallTests.ts';
import { testMixture } from './testMixture.ts';
import type { ValuePair } from './values.ts';

export interface SmallTestWorkerData {
  readonly values: ValuePair;
}

export type SmallTestAnswer =
  | { readonly index: number; readonly result: SmallTestResult }
  | { readonly index: number; readonly error: string };

const port = parentPort;
if (port) {
  const { values } = workerData as SmallTestWorkerData;
  const run = async (test: SmallTest): Promise<SmallTestResult> => {
    const { ask } = test;
    if (ask.what === 'any') {
      const { permutations, seed, alpha } = ask;
      const { maximumT, criticalT } = await testMixture(values, test, {
        relabelings: { permutations, seed },
        alpha,
        isInline: true,
      });
      return { isAnySignificant: maximumT.two[0] > criticalT.two };
    }
    // The identity alone: what is wanted is the statistic itself.
    const { t, design } = await testMixture(values, test, {
      relabelings: { permutations: 1, seed: 0 },
      isInline: true,
    });
    const critical = studentQuantile(ask.level / 2, design.degreesOfFreedom);
    return { found: Uint8Array.from(t, (value) => (Math.abs(value) > critical ? 1 : 0)) };
  };
  port.on('message', ({ index, test }: { index: number; test: SmallTest }) => {
    run(test).then(
      (result) => port.postMessage({ index, result } satisfies SmallTestAnswer),
      (error: unknown) => port.postMessage({ index, error: errorReport(error) } satisfies SmallTestAnswer),
    );
  });
}
