import { availableParallelism } from 'node:os';

/** How many worker processes run at once, and how many threads each may use. */
export interface JobPlan {
  readonly jobs: number;
  readonly threadsPerJob: number;
  /** Why there are fewer jobs than cores, in one sentence; undefined where there are not. */
  readonly remark?: string;
}

export interface JobPlanRequest {
  /** `--jobs`; undefined lets the plan decide. */
  readonly jobs?: number;
  readonly tasks: number;
  /** What one job is expected to hold at its peak. */
  readonly bytesPerJob: number;
  readonly cores?: number;
  readonly availableBytes?: number;
}

/**
 * Subjects first, threads second: two processes of one core each keep their full speed, two threads in one process
 * do not. One job per core, but no more than there are tasks and than fit into four fifths of the free memory; the
 * cores left over become threads. An explicit `jobs` is taken as given.
 */
export function planJobs(request: JobPlanRequest): JobPlan {
  const cores = Math.max(1, request.cores ?? availableParallelism());
  const tasks = Math.max(1, request.tasks);
  const available = request.availableBytes ?? process.availableMemory();
  const fitting = Math.max(1, Math.floor((0.8 * available) / request.bytesPerJob));
  const jobs = Math.min(tasks, request.jobs ?? Math.min(cores, fitting));
  const threadsPerJob = Math.max(1, Math.floor(cores / jobs));
  const gib = (bytes: number) => `${(bytes / 2 ** 30).toFixed(1)} GiB`;
  if (request.jobs === undefined && fitting < Math.min(cores, tasks)) {
    const remark =
      `${jobs} of ${cores} cores get a subject each, because a subject needs about ${gib(request.bytesPerJob)}` +
      ` and ${gib(available)} of memory are free.`;
    return { jobs, threadsPerJob, remark };
  }
  if (request.jobs !== undefined && jobs > fitting) {
    const remark =
      `--jobs ${request.jobs} may need more memory than is free: about ${gib(request.bytesPerJob)} per job,` +
      ` ${gib(available)} free.`;
    return { jobs, threadsPerJob, remark };
  }
  return { jobs, threadsPerJob };
}
