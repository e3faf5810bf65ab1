import { UserError } from '@oinr/errors';
import type { ForwardProgram, TrainingProgram } from './program.ts';

/** Values of named tensors, flat in row-major order (last dimension fastest, NCHW for images). */
export type TensorValues = Readonly<Record<string, Float32Array | Float64Array | Int32Array>>;

/** Everything that a fit needs to go on: parameters, both Adam moments, and the number of steps taken. */
export interface TrainingState {
  readonly step: number;
  readonly parameters: TensorValues;
  readonly firstMoments: TensorValues;
  readonly secondMoments: TensorValues;
}

/** Runs training steps of one program. Parameters and moments stay on the device between calls. */
export interface Trainer {
  /**
   * Runs `steps` steps in one call and returns the loss of each, shape (steps). `feeds` holds every per-step
   * input of the program with a leading dimension of `steps`.
   */
  run(steps: number, feeds: TensorValues): Promise<Float32Array>;
  /** Copies the state back from the device. */
  state(): Promise<TrainingState>;
  dispose(): Promise<void>;
}

/** Evaluates the outputs of one forward program. */
export interface Predictor {
  run(parameters: TensorValues, feeds: TensorValues): Promise<Record<string, Float32Array>>;
  dispose(): Promise<void>;
}

/** A device and a way to run graphs on it. The same program gives the same values on all of them, within float32. */
export interface Executor {
  /** For example `reference`, `onnx-cpu`, `onnx-webgpu`, `tfjs`. */
  readonly name: string;
  /**
   * `residents`: values of the program's resident inputs, which stay on the device for the whole fit (all slices of
   * a subject, say); batches are gathered from them by per-step index inputs. `start`: initial parameters, or a
   * state to go on from.
   */
  trainer(
    program: TrainingProgram,
    start: TensorValues | TrainingState,
    residents?: TensorValues,
  ): Promise<Trainer>;
  predictor(program: ForwardProgram, residents?: TensorValues): Promise<Predictor>;
}

/** A device that has too little memory for a program. A smaller batch may fit; see `fit` in @oinr/inr. */
export class DeviceMemoryError extends UserError {
  override readonly name = 'DeviceMemoryError';
}
