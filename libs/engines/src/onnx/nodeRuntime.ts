import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { OnnxRuntime } from './runtime.ts';

/** onnxruntime-node. */
export const nodeRuntime: OnnxRuntime = { InferenceSession, Tensor, fillsGiven: true };
