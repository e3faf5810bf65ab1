export { decodeCheckpoint, encodeCheckpoint } from './checkpoint.ts';
export { EngineUnavailableError } from './engineUnavailable.ts';
export { gpuBytes } from './memory.ts';
export { webExecutor } from './onnx/webExecutor.ts';
export type { EngineAvailability, EngineName, EngineOptions } from './open.ts';
export {
  availableEngines,
  engineNames,
  openExecutor,
  resolveEngine,
} from './open.ts';
export { referenceExecutor } from './reference/executor.ts';
export { fasterOf } from './speed.ts';
