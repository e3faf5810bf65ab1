import type { Executor } from '@oinr/graph';
import { onnxExecutor } from './executor.ts';
import type { OnnxRuntime } from './runtime.ts';

/** onnxruntime-web, as a page has loaded it; how many threads it has, the page has said to it before. */
export type WebRuntime = Omit<OnnxRuntime, 'fillsGiven'>;

/** An executor in a browser, on WebAssembly or on WebGPU. */
export function webExecutor({ InferenceSession, Tensor }: WebRuntime, provider: 'wasm' | 'webgpu'): Executor {
  return onnxExecutor({
    runtime: { InferenceSession, Tensor, fillsGiven: false },
    provider,
    // WebAssembly has the fused operators of the CPU, but not its blocked convolutions.
    device: { target: provider === 'wasm' ? 'cpu' : 'webgpu', block: 1 },
    threads: 1,
  });
}
