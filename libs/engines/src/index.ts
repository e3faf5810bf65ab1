/** Runs graphs of @oinr/graph: `openExecutor('auto')` gives an Executor (see its contract in @oinr/graph). */
export type { EngineAvailability, EngineName, EngineOptions } from './open.ts';
export { availableEngines, engineNames, openExecutor } from './open.ts';
export { ValuesError } from './values.ts';
