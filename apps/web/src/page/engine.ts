import { fasterOf, webExecutor } from '@oinr/engines';
import { errorMessage, InputError } from '@oinr/errors';
import { type Executor, forwardProgram, negate, parameter } from '@oinr/graph';

/** What networks are computed on in this browser, and in words why on that. */
export interface Engine {
  readonly executor: Executor;
  readonly words: string;
}

/** More threads than this gain nothing on layers of this size. */
const mostThreads = 8;

/** A function of one SIMD instruction: browsers without SIMD refuse to compile it. */
const simdModule = new Uint8Array([
  ...[0, 97, 115, 109, 1, 0, 0, 0], // magic and version
  ...[1, 5, 1, 96, 0, 1, 123], // a type: () -> v128
  ...[3, 2, 1, 0], // a function of it
  ...[10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11], // i32.const 0, i8x16.splat, i8x16.popcnt
]);

/**
 * The fastest engine that is here: WebGPU where the browser has an adapter and it is faster, else WebAssembly.
 *
 * @throws InputError where the browser has no WebAssembly with SIMD.
 */
export async function openEngine(): Promise<Engine> {
  if (!WebAssembly.validate(simdModule))
    throw new InputError(
      'This browser has no WebAssembly with SIMD, which networks are computed by. Use a browser of 2023 or later, or fill by an interpolation (linear, pchip, cubic).',
    );
  const threads = self.crossOriginIsolated ? Math.min(navigator.hardwareConcurrency, mostThreads) : 1;
  const executor = webExecutor(await loadRuntime('wasm', threads), 'wasm');
  await tryOut(executor);
  const onWasm = `WebAssembly, ${threads === 1 ? '1 thread' : `${threads} threads`}${
    self.crossOriginIsolated ? '' : ' (the server does not send the headers that more threads need)'
  }`;
  const gpu = await webGpu(threads);
  if (typeof gpu === 'string') return { executor, words: `${onWasm}; ${gpu}` };
  const isFaster = (await fasterOf(gpu, executor)) === gpu;
  return isFaster
    ? { executor: gpu, words: 'WebGPU' }
    : { executor, words: `${onWasm}; WebGPU is there, but slower` };
}

/** What of WebGPU is looked at before it is used; the DOM's types do not have it yet. */
interface Gpu {
  requestAdapter(): Promise<{ readonly info?: { readonly isFallbackAdapter?: boolean } } | null>;
}

/** An executor on WebGPU, or why there is none. */
async function webGpu(threads: number): Promise<Executor | string> {
  const { gpu } = navigator as { gpu?: Gpu };
  if (gpu === undefined) return 'this browser has no WebGPU';
  const adapter = await gpu.requestAdapter();
  if (adapter === null) return 'no WebGPU adapter was found';
  if (adapter.info?.isFallbackAdapter === true) return 'the only WebGPU adapter is software';
  try {
    const executor = webExecutor(await loadRuntime('webgpu', threads), 'webgpu');
    await tryOut(executor);
    return executor;
  } catch (error) {
    return `WebGPU failed (${errorMessage(error)})`;
  }
}

async function loadRuntime(provider: 'wasm' | 'webgpu', threads: number) {
  const runtime =
    provider === 'wasm' ? await import('onnxruntime-web/wasm') : await import('onnxruntime-web/webgpu');
  const { wasm } = runtime.env;
  wasm.wasmPaths = new URL('engine/', self.location.href).href;
  wasm.numThreads = threads;
  runtime.env.logLevel = 'error';
  return runtime;
}

/** Has the engine load all that it needs, and fail here if it fails. */
async function tryOut(executor: Executor): Promise<void> {
  const predictor = await executor.predictor(forwardProgram({ y: negate(parameter('x', [1])) }));
  await predictor.run({ x: new Float32Array([1]) }, {});
  await predictor.dispose();
}
