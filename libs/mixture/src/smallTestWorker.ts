import { parentPort, workerData } from 'node:worker_threads';
import { errorReport } from '@oinr/errors';
import type { SmallTest, SmallTestResult } from './smallTests.ts';
import { foundBelow, testMixture } from './testMixture.ts';
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
    const { permutations, seed, alpha, level } = test;
    const result = await testMixture(values, test, {
      relabelings: { permutations, seed },
      alpha,
      isInline: true,
    });
    const isAnySignificant = result.maximumT.two[0] > result.criticalT.two;
    return level === undefined
      ? { isAnySignificant }
      : { isAnySignificant, found: foundBelow(result, level) };
  };
  port.on('message', ({ index, test }: { index: number; test: SmallTest }) => {
    run(test).then(
      (result) => port.postMessage({ index, result } satisfies SmallTestAnswer),
      (error: unknown) => port.postMessage({ index, error: errorReport(error) } satisfies SmallTestAnswer),
    );
  });
}
