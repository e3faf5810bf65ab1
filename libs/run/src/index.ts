export {
  type DerivativeDescription,
  type DerivativeName,
  derivativePath,
  writeDatasetDescription,
} from './derivatives.ts';
export { errorMessage, RunError, stopsTheRun } from './errors.ts';
export { cachedFileHash, type Fingerprinted, fingerprint, hashFile, hashFolders } from './fingerprint.ts';
export {
  manifestFolder,
  openRunFolder,
  RunFolder,
  type RunFolderRequest,
  type RunRecord,
  readRunRecord,
  type StageRecord,
  type StageStatus,
} from './folder.ts';
export { type JobPlan, type JobPlanRequest, planJobs } from './jobs.ts';
export { writeJson } from './json.ts';
export { type Lock, takeLock } from './lock.ts';
export { hideFolders, RunLog } from './log.ts';
export { describeMachine, gitCommit, type Machine, packageVersions } from './machine.ts';
export { Manifest, type UnitOutput, type UnitRecord } from './manifest.ts';
export { bidsLabel, relativePath, safeJoin, sourceName } from './paths.ts';
export { TaskFailure, WorkerPool, type WorkerPoolOptions } from './pool.ts';
export { type Activity, Progress, type ProgressOptions, type ProgressStream } from './progress.ts';
export { type AtWork, interruptible, runStage, type Stage, type StageRequest } from './stage.ts';
export { formatDuration, TimeLeft, type WorkKind } from './timeLeft.ts';
export { serveTasks, type WorkerContext } from './worker.ts';
