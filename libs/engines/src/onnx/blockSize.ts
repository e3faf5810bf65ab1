import { InferenceSession, Tensor } from 'onnxruntime-node';
import { blockedDomain } from './blocked.ts';
import { OnnxGraph } from './builder.ts';
import { encodeModel } from './model.ts';

let known: Promise<number> | undefined;

/**
 * The number of channels in a block of onnxruntime's blocked layout on this CPU, asked of onnxruntime itself: four
 * channels are reordered, and the result has as many as one block holds. 1 where there is no such layout.
 */
export function blockSize(): Promise<number> {
  known ??= measureBlockSize();
  return known;
}

async function measureBlockSize(): Promise<number> {
  const graph = new OnnxGraph('probe');
  const x = graph.input('x', 'float', [1, 4, 1, 1]);
  const blocked = graph.add('ReorderInput', [x], {}, blockedDomain);
  graph.output(graph.add('Shape', [blocked]), 'shape', 'int64', [4]);
  try {
    const session = await InferenceSession.create(encodeModel(graph.parts(), graph.domains), {
      logSeverityLevel: 4,
    });
    const { shape } = await session.run({ x: new Tensor('float32', new Float32Array(4), [1, 4, 1, 1]) });
    await session.release();
    return Number(shape?.data[1] ?? 1);
  } catch {
    // onnxruntime has no blocked kernels for this CPU, and its plain Conv is used.
    return 1;
  }
}
