import type { InferenceSession, Tensor } from 'onnxruntime-node';

/** What executors use of onnxruntime, which is the same in its packages for Node and for browsers. */
export interface OnnxRuntime {
  readonly InferenceSession: Pick<typeof InferenceSession, 'create'>;
  readonly Tensor: typeof Tensor;
  /** Whether results are written into arrays that are handed over; else they are copied there afterwards. */
  readonly fillsGiven: boolean;
}
