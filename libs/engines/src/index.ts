/** Runs graphs of @oinr/graph: `openExecutor('auto')` gives an Executor (see its contract in @oinr/graph). */
export type { Checkpoint } from './checkpoint.ts';
export { CheckpointError, decodeCheckpoint, encodeCheckpoint } from './checkpoint.ts';
export { assertFinite, NotFiniteError } from './finite.ts';
export { gpuBytes } from './memory.ts';
export type { EngineAvailability, EngineName, EngineOptions } from './open.ts';
export { availableEngines, EngineUnavailableError, engineNames, openExecutor } from './open.ts';
