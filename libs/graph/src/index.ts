/**
 * A small typed tensor graph. It builds and differentiates; executors (libs/engines) run it.
 *
 * A network is an ordinary function of tensors. Shapes are checked while it is built, in errors that name both.
 *
 * ```ts
 * const slices = resident('slices', [79, 1, 76, 97]);          // given once, stays on the device
 * const which = input('which', [4], 'int32');                  // given at every step: indices of a batch
 * const encoding = resident('encoding', [1, 40, 76, 97]);
 * const shift = input('shift', [4, 1, 1, 1]);
 *
 * const weights = parameter('layer0.weights', [32, 40, 3, 3]); // values come from the caller
 * const bias = parameter('layer0.bias', [32]);
 * const last = parameter('last.weights', [1, 32, 1, 1]);
 * const hidden = sin(conv2d(add(encoding, shift), weights, bias));
 * const prediction = conv2d(hidden, last);
 *
 * const program = trainingProgram(meanSquaredError(prediction, gather(slices, which)));
 * const executor = await openExecutor('auto');                 // from @oinr/engines
 * const trainer = await executor.trainer(program, initialParameters, { slices, encoding });
 * const losses = await trainer.run(100, {                      // 100 steps in one call; leading axis: steps
 *   which: new Int32Array(100 * 4), shift: new Float32Array(100 * 4),
 *   learningRate: cosineDecay(1e-3, 5e-4, 0, 100, 10_000),
 * });
 *
 * const forward = forwardProgram({ prediction });              // same builder function, other batch size if wanted
 * const predictor = await executor.predictor(forward, { encoding });
 * const { prediction: values } = await predictor.run((await trainer.state()).parameters, { shift: ... });
 * ```
 *
 * Layout: row-major, images (batch, channels, height, width), volumes (batch, channels, depth, height, width).
 * Per-step feeds of Trainer.run have a leading dimension `steps`, and always include `learningRate`, shape (steps).
 * Predictor.run takes feeds without that dimension.
 */
export type { AdamOptions } from './adam.ts';
export { adamCorrections, adamDefaults } from './adam.ts';
export { gradients } from './differentiate.ts';
export type { Executor, Predictor, TensorValues, Trainer, TrainingState } from './executor.ts';
export { DeviceMemoryError } from './executor.ts';
export { conv2dOfLines } from './lines.ts';
export { evaluationPlan, peakBytes } from './liveness.ts';
export { meanSquaredError, weightedMeanSquaredError } from './losses.ts';
export type { MuonOptions } from './muon.ts';
export { muonDefaults, orthogonalised } from './muon.ts';
export type { PaddingChoice } from './operations/convolution.ts';
export { conv2d, conv3d } from './operations/convolution.ts';
export type { Operand } from './operations/elementwise.ts';
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
export type {
  ForwardProgram,
  OptimiserOptions,
  PackedParameter,
  PackedState,
  Sources,
  TrainingProgram,
} from './program.ts';
export { forwardProgram, is, optimiserInputs, trainingProgram } from './program.ts';
export { constantRate, cosineDecay } from './schedule.ts';
export type {
  ElementType,
  OperationAttributes,
  OperationName,
  Padding,
  Shape,
  Tensor,
} from './tensor.ts';
export { describe, formatShape, GraphError, sameShape, sizeOf } from './tensor.ts';
export type { PackedValues } from './values.ts';
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
