import type { ForwardProgram, TrainingProgram } from '@oinr/graph';
import { DeviceMemoryError, is, peakBytes } from '@oinr/graph';
import { kernelGradientWorkspace } from './onnx/kernelGradient.ts';

/**
 * The bytes of device memory that a program needs on a GPU, computed from its graph: the values that are in use at one
 * time, and the copies that onnxruntime makes for kernel gradients. What the driver and onnxruntime hold for themselves
 * comes on top.
 */
export function gpuBytes(program: TrainingProgram | ForwardProgram): number {
  return peakBytes(program, (node) => (is(node, 'kernelGradient') ? kernelGradientWorkspace(node) : 0));
}

/*
 * What engines say when memory runs out. onnxruntime: its arena ("BFCArena::AllocateRawInternal Failed to allocate
 * memory for requested buffer of size"), C++ (std::bad_alloc), CUDA ("CUDA failure 2: out of memory",
 * CUBLAS_STATUS_ALLOC_FAILED, CUDNN_STATUS_ALLOC_FAILED), and Dawn for WebGPU ("Out of memory", "Buffer size (...)
 * exceeds the max buffer size limit", VK_ERROR_OUT_OF_DEVICE_MEMORY; a buffer that could not be made is only noticed
 * where it is read: "[Invalid Buffer] is invalid due to a previous error"). TensorFlow: "OOM when allocating tensor";
 * V8: "Array buffer allocation failed".
 */
const signs =
  /out of memory|out_of_(device|host)_memory|\boom\b|bad_alloc|failed to allocate|allocation failed|alloc_failed|buffer size|BFCArena|invalid due to a previous error/i;

/** Runs something on a device; when its memory does not suffice, the error is a DeviceMemoryError with a sentence. */
export async function explainMemory<T>(engine: string, what: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    const message = String(error instanceof Error ? error.message : error);
    if (error instanceof DeviceMemoryError || !signs.test(message)) throw error;
    throw new DeviceMemoryError(
      `The memory of the engine "${engine}" does not suffice for ${what}; use smaller batches or another engine. (${message})`,
      { cause: error },
    );
  }
}
