export { adamCorrections } from './adam.ts';
export { gradients } from './differentiate.ts';
export type { Executor, Predictor, TensorValues, Trainer, TrainingState } from './executor.ts';
export { DeviceMemoryError } from './executor.ts';
export { evaluationPlan, peakBytes } from './liveness.ts';
export { meanSquaredError } from './losses.ts';
export { orthogonalised } from './muon.ts';
export { conv2d, conv3d } from './operations/convolution.ts';
export {
  abs,
  add,
  clip,
  cos,
  divide,
  erf,
  exp,
  gelu,
  leakyRelu,
  log,
  multiply,
  negate,
  sigmoid,
  sign,
  sin,
  sqrt,
  square,
  subtract,
  tanh,
} from './operations/elementwise.ts';
export { matmul } from './operations/linear.ts';
export { broadcastTo, concat, gather, pad, reshape, slice, transpose } from './operations/movement.ts';
export { mean, sum } from './operations/reduction.ts';
export { constant, input, parameter, resident } from './operations/sources.ts';
export { topologicalOrder } from './order.ts';
export type { ForwardProgram, OptimiserOptions, Sources, TrainingProgram } from './program.ts';
export { forwardProgram, is, optimiserInputs, trainingProgram } from './program.ts';
export { constantRate, cosineDecay, linearDecay } from './schedule.ts';
export { tangents } from './tangents.ts';
export type { OperationName, Padding, Shape, Tensor } from './tensor.ts';
export { describe, formatShape, GraphError, sameShape, sizeOf } from './tensor.ts';
export {
  callerInputs,
  checkResidents,
  checkSteps,
  packStart,
  refuseUnknown,
  unpackState,
  ValuesError,
  valuesOf,
} from './values.ts';
