import { join } from 'node:path';
import { writeFileAtomic } from '@oinr/files';
import type { Executor } from '@oinr/graph';
import type { TaskUnits, Unit, UnitJob, WorkerSetup } from '@oinr/run';
import { encodeImage } from '@oinr/signals';
import { caseSignals } from './caseSignals.ts';
import type { Bench, Trial, TrialResult } from './experiment.ts';
import { findExperiment } from './experiments/registry.ts';
import { inputHashes } from './inputFiles.ts';
import { kindOf, type PaperPlan, type PaperTask, type TrialRow } from './plan.ts';
import { trialsOf } from './tasks.ts';

interface Workshop extends WorkerSetup<PaperPlan> {
  readonly executor: () => Promise<Executor>;
}

/** The units of a case: its trials. They share the signal, which is read once. */
export function trialUnits(task: PaperTask, workshop: Workshop): TaskUnits<TrialRow> {
  const { settings, methods } = workshop.plan;
  const signals = caseSignals(task, settings);
  const benchOf = (job: UnitJob): Bench => ({
    ...signals,
    case: task.case,
    settings,
    executor: workshop.executor,
    clock: clockOf(settings.engine),
    signal: job.signal,
    onProgress: job.onProgress,
  });
  const trials = trialsOf(findExperiment(task.experiment), settings, methods);
  return { units: trials.map((trial) => trialUnit(trial, task, workshop, benchOf)) };
}

/** What a GPU is busy with is not counted as time of the processor. */
function clockOf(engine: string): () => number {
  if (engine === 'cuda' || engine === 'webgpu') return () => performance.now() / 1000;
  return () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  };
}

function trialUnit(
  trial: Trial,
  task: PaperTask,
  { plan: { settings }, folder }: Workshop,
  benchOf: (job: UnitJob) => Bench,
): Unit<TrialRow> {
  const { experiment, case: name } = task;
  return {
    name: [experiment, name, trial.method],
    kind: kindOf(experiment, trial.method),
    what: trial.method,
    inputs: async () => ({
      ...{ experiment, case: name, method: trial.method },
      settings: { ...settings },
      files: await inputHashes(task),
    }),
    async run(job) {
      const result = await trial.run(benchOf(job));
      const pictures = await writePictures(result, task, trial, folder, job);
      const { shape, measurements, remarks = [] } = result;
      const row = { experiment, case: name, method: trial.method, shape, measurements, pictures, remarks };
      return { row, outputs: pictures.map(({ path }) => path) };
    },
  };
}

async function writePictures(
  { pictures = [] }: TrialResult,
  { experiment, case: name }: PaperTask,
  { method }: Trial,
  folder: string,
  job: UnitJob,
) {
  const files = pictures.map(({ label, image }) => {
    const file = [
      'pictures',
      experiment,
      `${[name, method, ...(label === undefined ? [] : [label])].join('-')}.png`,
    ];
    return { label, image, file: file.join('/'), path: join(folder, ...file) };
  });
  if (files.length > 0)
    await job.write(
      files.map(({ path }) => path),
      async (staged) => {
        for (const [n, { image }] of files.entries())
          await writeFileAtomic(staged[n], await encodeImage(image));
      },
    );
  return files.map(({ label, file, path }) => ({ label, file, path }));
}
