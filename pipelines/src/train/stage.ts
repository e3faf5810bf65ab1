import { basename, join } from 'node:path';
import { type Cohort, openCohort, readDescription, type Subject } from '@oinr/cohort';
import { openExecutor } from '@oinr/engines';
import { writeFileAtomic } from '@oinr/files';
import type { Executor } from '@oinr/graph';
import {
  checksumFile,
  checksumOf,
  encodePriorModel,
  type PriorModel,
  type PriorTrainingOptions,
  type PriorTrainingProgress,
  priorTrainingDefaults,
  type TrainingVolume,
  trainedRange,
  trainPrior,
  weightsFile,
} from '@oinr/imputation';
import {
  errorMessage,
  type Fingerprinted,
  fingerprint,
  formatDuration,
  hashFile,
  hideFolders,
  interruptible,
  type RunFolder,
  runStage,
  type Stage,
  type StageStatus,
} from '@oinr/run';
import type { Volume } from '@oinr/volume';
import { codeVersion } from '../codeVersion.ts';
import { workspaceRoot } from '../folders.ts';
import { provenance } from '../provenance.ts';
import type { Terminal } from '../terminal.ts';
import { loadCheckpoint, type SavedTraining, saveCheckpoint } from './checkpoint.ts';
import { foldRun } from './folds.ts';
import { type Measurement, measureOperator } from './measure.ts';
import { modelCard, type TrainingRecord } from './modelCard.ts';
import { readTrainOptions, recordedOptions, type TrainOptions } from './options.ts';
import { readHead, splitPeople, trainingVolume } from './people.ts';

// The learning rate ends at this share of its largest value.
const lastRate = 1 / 40;
const measuredSpacings = [2, 3, 4, 5, 6];

/**
 * The stage `train`. From the full-resolution volumes of a cohort it learns one operator from kept slices to the
 * missing ones, with people (never slices) held out, measures it on them, and writes the weights with checksum and
 * model card. A training that was stopped goes on from its last checkpoint, bit for bit.
 *
 * @returns the exit status: 0, 1 when the training failed, 130 when it was stopped.
 */
export async function train(words: readonly string[], terminal: Terminal): Promise<number> {
  const options = readTrainOptions(words);
  const description = await readDescription(options.cohort, join(workspaceRoot, 'cohorts'));
  const cohort = await openCohort(description, {
    root: options.root,
    participantLabels: options.participants,
    environment: process.env,
    workFolder: join(options.out, description.name, 'data'),
  });
  if (options.fold !== 'all') return trainFold(options, options.fold, options.run, cohort, terminal);
  for (let fold = 1; fold <= options.folds; fold++) {
    const status = await trainFold(options, fold, foldRun(options.run, fold), cohort, terminal);
    if (status !== 0) return status;
  }
  return 0;
}

async function trainFold(
  options: TrainOptions,
  fold: number,
  runName: string,
  cohort: Cohort,
  terminal: Terminal,
): Promise<number> {
  const split = splitPeople(cohort.subjects, options.folds, fold);
  const hide = hideFolders([options.root ?? process.cwd(), process.cwd()]);
  return runStage(
    { out: options.out, cohort: cohort.name, run: runName, stage: 'train', hide, terminal },
    (stage) => {
      stage.say(
        `Cohort ${cohort.name}: learning from ${split.training.length} people, ${split.heldOut.length} held out ` +
          `(fold ${fold} of ${options.folds}).`,
      );
      const { name, description } = cohort;
      return trainInFolder({ ...stage, options, fold, description, cohort: name, split });
    },
  );
}

interface TrainingRun extends Stage {
  readonly options: TrainOptions;
  readonly fold: number;
  readonly cohort: string;
  readonly description: string;
  readonly split: { readonly training: readonly Subject[]; readonly heldOut: readonly Subject[] };
}

async function trainInFolder(run: TrainingRun): Promise<StageStatus> {
  const { options, folder, say } = run;
  const executor = await openExecutor(options.engine, { threads: options.threads });
  const settings: PriorTrainingOptions = {
    ...priorTrainingDefaults,
    seed: options.seed,
    steps: options.steps,
    learningRate: [options.learningRate, options.learningRate * lastRate],
  };
  const details = provenance({
    options: recordedOptions(options),
    executor: executor.name,
    seed: options.seed,
    jobs: { jobs: 1, threadsPerJob: options.threads },
    code: await codeVersion(),
  });
  await folder.begin(details);
  return interruptible({ progress: run }, async (signal) => {
    try {
      const { steps, checksum } = await learnAndMeasure(run, settings, executor, signal);
      await folder.end('complete', { ...details, steps, checksum });
      say(
        `The operator is in ${folder.file('operator')}: ${weightsFile}, ${checksumFile} and MODEL_CARD.md.`,
      );
      return 'complete';
    } catch (error) {
      const status = signal.aborted ? 'stopped' : 'failed';
      await folder.end(status, { ...details, reason: errorMessage(error) });
      if (!signal.aborted) throw error;
      return status;
    }
  });
}

/** Learns the operator, writes it, measures it on the people held out, and writes its card. */
async function learnAndMeasure(
  run: TrainingRun,
  settings: PriorTrainingOptions,
  executor: Executor,
  signal: AbortSignal,
): Promise<{ steps: number; checksum: string }> {
  const { options, split, folder, say } = run;
  const training = await readPeople(split.training);
  const validation = await readPeople(split.heldOut);
  // Read before anything is learned, so that a wrong path is told at once.
  const elsewhere = await Promise.all(options.elsewhere.map(namedHead));
  const images = { training: await hashesOf(split.training), heldOut: await hashesOf(split.heldOut) };
  const progress = await learn({ run, settings, executor, training, validation, images, signal });
  const record: TrainingRecord = {
    cohort: run.cohort,
    description: run.description,
    learnedFrom: split.training.map(({ id }) => id),
    heldOut: split.heldOut.map(({ id }) => id),
    folds: options.folds,
    fold: run.fold,
    steps: progress.state.step,
    schedule: progress.schedule,
    seed: options.seed,
    engine: executor.name,
    options: settings as unknown as Record<string, unknown>,
    images: images.training,
    voxels: [...new Set(training.map(({ voxels }) => voxels.map((v) => v.toFixed(3)).join(' x ')))],
  };
  const model = await saveModel(folder, settings, training, progress, record);
  const heldOut = await measureSubjects(split.heldOut, model, executor, say);
  const writeCard = (others: readonly Measurement[]) =>
    writeFileAtomic(
      folder.file('operator', 'MODEL_CARD.md'),
      modelCard(model, record, progress, heldOut, others),
    );
  // Written before the volumes from elsewhere are measured too, which may take long.
  await writeCard([]);
  await writeCard(await measureElsewhere(elsewhere, model, executor, say));
  return { steps: progress.state.step, checksum: model.checksum };
}

async function readPeople(subjects: readonly Subject[]): Promise<TrainingVolume[]> {
  const volumes: TrainingVolume[] = [];
  for (const { id, image } of subjects) volumes.push(trainingVolume(id, await readHead(image)));
  return volumes;
}

function hashesOf(subjects: readonly Subject[]): Promise<string[]> {
  return Promise.all(subjects.map(({ image }) => hashFile(image)));
}

interface Learning {
  readonly run: TrainingRun;
  readonly settings: PriorTrainingOptions;
  readonly executor: Executor;
  readonly training: readonly TrainingVolume[];
  readonly validation: readonly TrainingVolume[];
  /** SHA-256 of the images. */
  readonly images: { readonly training: readonly string[]; readonly heldOut: readonly string[] };
  readonly signal: AbortSignal;
}

const reportInterval = 30_000;

/** Trains from the last checkpoint that fits, or from the start. */
async function learn(learning: Learning): Promise<SavedTraining> {
  const { run, settings, executor, training, validation, images, signal } = learning;
  const { folder, options, say } = run;
  // The number of steps is left out: a training may be given more or fewer when it goes on, and its card says so.
  const { steps: _, ...lasting } = settings;
  const mark = fingerprint({
    settings: lasting as unknown as Fingerprinted,
    engine: executor.name,
    training: images.training.length,
    images: [...images.training, ...images.heldOut],
  });
  const place = folder.file('checkpoint');
  const resume = options.force ? undefined : await loadCheckpoint(place, settings.network, mark);
  if (resume) say(`Going on from step ${resume.state.step}.`);
  const earlier = resume?.schedule ?? [];
  const isSame = earlier.at(-1)?.steps === settings.steps;
  const schedule = isSame ? earlier : [...earlier, { from: resume?.state.step ?? 0, steps: settings.steps }];
  const first = resume?.state.step ?? 0;
  const before = process.cpuUsage();
  const cpuSeconds = (): number => {
    const { user, system } = process.cpuUsage(before);
    return (resume?.cpuSeconds ?? 0) + (user + system) / 1e6;
  };
  const started = performance.now();
  let lastReport = started;
  const progress = await trainPrior({
    options: settings,
    training,
    validation,
    executor,
    ...(resume && { resume }),
    signal,
    onSteps: (done, ratio) => {
      const now = performance.now();
      if (now - lastReport < reportInterval) return;
      lastReport = now;
      const left = ((now - started) / 1000 / (done - first)) * (settings.steps - done);
      say(
        `step ${done} of ${settings.steps}, error ${ratio.toFixed(3)} of PCHIP's, ${formatDuration(left)} left`,
      );
    },
    onCheckpoint: async (progress) => {
      await saveCheckpoint(
        place,
        settings.network,
        { ...progress, schedule, cpuSeconds: cpuSeconds() },
        mark,
      );
      const point = progress.curve.at(-1);
      const each = Object.entries(point?.perSpacing ?? {}).map(([k, value]) => `${k}: ${value.toFixed(3)}`);
      say(
        `step ${point?.step}: training ${point?.trainingRatio.toFixed(3)}, held-out people ` +
          `${point?.validationRatio?.toFixed(3) ?? 'none'} (${each.join(', ')})`,
      );
    },
  });
  return { ...progress, schedule, cpuSeconds: cpuSeconds() };
}

async function saveModel(
  folder: RunFolder,
  settings: PriorTrainingOptions,
  training: readonly TrainingVolume[],
  { state, curve }: PriorTrainingProgress,
  record: TrainingRecord,
): Promise<PriorModel> {
  const weights = Object.fromEntries(
    Object.entries(state.parameters).map(([name, values]) => [name, Float32Array.from(values)]),
  );
  const unsealed = {
    network: settings.network,
    weights,
    range: trainedRange(training, settings),
    training: { ...record, lastPoint: curve.at(-1) },
  };
  const bytes = encodePriorModel(unsealed);
  const checksum = checksumOf(bytes);
  await writeFileAtomic(folder.file('operator', weightsFile), bytes);
  await writeFileAtomic(folder.file('operator', checksumFile), `${checksum}  ${weightsFile}\n`);
  return { ...unsealed, checksum };
}

async function measureSubjects(
  subjects: readonly Subject[],
  model: PriorModel,
  executor: Executor,
  say: (line: string) => void,
): Promise<Measurement[]> {
  const measurements: Measurement[] = [];
  for (const { id, image } of subjects) {
    const head = await readHead(image);
    for (const every of measuredSpacings) {
      measurements.push(await measured(id, head, 'coronal', every, model, executor, say));
    }
  }
  return measurements;
}

interface NamedHead {
  readonly name: string;
  readonly head: Volume;
}

async function namedHead(file: string): Promise<NamedHead> {
  return { name: basename(file), head: await readHead(file) };
}

/** Volumes from elsewhere are measured along all three axes, at k = 3 and 6. */
async function measureElsewhere(
  volumes: readonly NamedHead[],
  model: PriorModel,
  executor: Executor,
  say: (line: string) => void,
): Promise<Measurement[]> {
  const measurements: Measurement[] = [];
  for (const { name, head } of volumes) {
    for (const axis of ['coronal', 'sagittal', 'axial'] as const) {
      for (const every of axis === 'coronal' ? measuredSpacings : [3, 6]) {
        measurements.push(await measured(name, head, axis, every, model, executor, say));
      }
    }
  }
  return measurements;
}

async function measured(
  name: string,
  head: Volume,
  axis: Measurement['axis'],
  every: number,
  model: PriorModel,
  executor: Executor,
  say: (line: string) => void,
): Promise<Measurement> {
  const result = await measureOperator(name, head, axis, every, model, executor);
  say(
    `${name}, ${axis}, k = ${every}: ${result.ratio.toFixed(3)} of the best interpolation, ${result.seconds.toFixed(1)} s`,
  );
  return result;
}
