// Runs in a browser: holds an engine of onnxruntime-web to the reference. Bundled and started by conformance.test.ts.
import { webExecutor } from '@oinr/engines';
import { demandsOn } from '@oinr/engines/test/conformance.ts';

/** All that one engine does not meet, by demand; a sentence instead where it is not here. */
async function conformance(
  provider: 'wasm' | 'webgpu',
  seed: number,
): Promise<string | Readonly<Record<string, readonly string[]>>> {
  if (provider === 'webgpu') {
    const { gpu } = navigator as { gpu?: { requestAdapter(): Promise<unknown> } };
    if (gpu === undefined) return 'The browser has no WebGPU.';
    if ((await gpu.requestAdapter()) === null) return 'No WebGPU adapter was found.';
  }
  const runtime =
    provider === 'wasm' ? await import('onnxruntime-web/wasm') : await import('onnxruntime-web/webgpu');
  runtime.env.wasm.wasmPaths = new URL('/engine/', import.meta.url).href;
  runtime.env.wasm.numThreads = 1;
  const tolerance =
    provider === 'wasm' ? { operation: 3e-6, trajectory: 2e-4 } : { operation: 1e-5, trajectory: 1e-3 };
  const results: Record<string, readonly string[]> = {};
  for (const { title, check } of demandsOn(webExecutor(runtime, provider), tolerance, seed))
    results[title] = await check().catch((error: unknown) => [`it threw: ${error}`]);
  return results;
}

Object.assign(globalThis, { conformance });
