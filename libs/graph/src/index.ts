export type { Executor, Predictor, TensorValues, Trainer, TrainingState } from './executor.ts';
export type { ForwardProgram, TrainingProgram } from './program.ts';
