export { bidsLabel } from './bidsLabel.ts';
export { codeVersion } from './codeVersion.ts';
export { type DerivativeDescription, derivativePath, writeDatasetDescription } from './derivatives.ts';
export { RunError } from './errors.ts';
export { cachedFileHash, type Fingerprinted, fingerprint } from './fingerprint.ts';
export {
  isOver,
  manifestFolder,
  OutputFolder,
  openOutputFolder,
  openRunFolder,
  RunFolder,
  type RunRecord,
  readRunRecord,
  type StageRecord,
  type StageStatus,
} from './folder.ts';
export { endOnInterrupt } from './interrupt.ts';
export { planJobs } from './jobs.ts';
export { writeJson } from './json.ts';
export { hideFolders } from './log.ts';
export { Manifest } from './manifest.ts';
export { relativePath, safeJoin, sourceName } from './paths.ts';
export { Progress, type ProgressStream } from './progress.ts';
export { provenance } from './provenance.ts';
export { type Shard, shareOf } from './shard.ts';
export { sourceData } from './sourceData.ts';
export { exitStatus, runInFolder, type Stage, stoppable } from './stage.ts';
export { formatDuration } from './timeLeft.ts';
export { doUnit } from './units/doUnit.ts';
export { serveUnits } from './units/serveUnits.ts';
export type { FinishedUnit, TaskUnits, Unit, UnitJob, UnitOutcome, WorkerSetup } from './units/unit.ts';
export { runUnits, type TaskOutcome, UnitRunner } from './units/unitRunner.ts';
