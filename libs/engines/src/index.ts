export { decodeCheckpoint, encodeCheckpoint } from './checkpoint.ts';
export { EngineUnavailableError } from './engineUnavailable.ts';
export { gpuBytes } from './memory.ts';
export type { EngineAvailability, EngineName, EngineOptions } from './open.ts';
export {
  availableEngines,
  engineNames,
  openExecutor,
  resolveEngine,
} from './open.ts';
