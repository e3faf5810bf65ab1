import { basename } from 'node:path';
import type { Cohort, Subject } from '@oinr/cohort';
import type { EngineName } from '@oinr/engines';
import { hashFile, mapLimited, writeFileAtomic } from '@oinr/files';
import type { Executor } from '@oinr/graph';
import {
  applyPrior,
  checksumFile,
  checksumOf,
  encodePriorModel,
  errorOverAllAxes,
  operatorErrors,
  ownGaps,
  type PriorExpert,
  type PriorModel,
  type PriorTrainingOptions,
  type TrainingVolume,
  taughtGeometries,
  trainedRange,
  trainingVolume,
  trainPrior,
  weightsFile,
} from '@oinr/imputation';
import { codeVersion, type Fingerprinted, fingerprint, formatDuration, type OutputFolder } from '@oinr/run';
import type { Volume } from '@oinr/volume';
import { loadCheckpoint, type SavedTraining, saveCheckpoint } from './checkpoint.ts';
import type { Measurement } from './measurement.ts';
import { modelCard, type TrainingRecord } from './modelCard.ts';
import { readHead, type Split } from './people.ts';

const measuredSpacings = [2, 3, 4, 5, 6];

/** One training: who is learned from and held out, by which settings, and where it is kept. */
export interface Training {
  readonly cohort: Pick<Cohort, 'name' | 'description'>;
  readonly split: Split;
  /** In words, how it was decided who is held out. */
  readonly division: string;
  /** Further volumes that the finished operator is measured on. */
  readonly elsewhere: readonly string[];
  /** Of each network of the operator, for the gaps that its `spacings` name. */
  readonly experts: readonly PriorTrainingOptions[];
  /** Learn this one alone, by its place among them, and leave the operator for later. */
  readonly only?: number;
  /** Its networks are trained on, see `startOf`; random weights by default. */
  readonly start?: PriorModel;
  readonly executor: Executor;
  readonly engine: EngineName;
  /** Begin anew, also where a checkpoint fits. */
  readonly force: boolean;
  readonly folder: OutputFolder;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

/** What came of a training: how many steps were taken, and the operator's checksum where all its networks are there. */
export type Learned = Readonly<{ steps: number; checksum?: string }>;

/** Learns the operator, writes it, measures it on the people held out, and writes its card. */
export async function learnAndMeasure(run: Training): Promise<Learned> {
  const { cohort, split, experts, only, executor, folder, say, signal } = run;
  const training = await readPeople(split.training);
  const validation = await readPeople(split.heldOut);
  // Read before anything is learned, so that a wrong path is told at once.
  const elsewhere = await mapLimited(run.elsewhere, 1, namedHead);
  const images = { training: await hashesOf(split.training), heldOut: await hashesOf(split.heldOut) };
  const trained: TrainedExpert[] = [];
  for (const [n, settings] of experts.entries()) {
    if (only !== undefined && n !== only) continue;
    if (experts.length > 1) say(`Network ${n + 1} of ${experts.length}, for ${gapsInWords(settings)}.`);
    trained.push({ settings, progress: await learn(run, n, { training, validation, images }) });
  }
  const steps = trained.reduce((sum, { progress }) => sum + progress.state.step, 0);
  if (only !== undefined) return { steps };
  const record: TrainingRecord = {
    cohort: cohort.name,
    description: cohort.description,
    learnedFrom: split.training.map(({ id }) => id),
    heldOut: split.heldOut.map(({ id }) => id),
    division: run.division,
    experts: trained.map(({ settings, progress }) => ({
      steps: progress.state.step,
      schedule: progress.schedule,
      options: settings as unknown as Record<string, unknown>,
    })),
    seed: experts[0].seed,
    ...(run.start !== undefined && { beganWith: run.start.checksum }),
    engine: executor.name,
    images: images.training,
    voxels: [...new Set(training.map(({ voxels }) => voxels.map((v) => v.toFixed(3)).join(' x ')))],
  };
  const model = await saveModel(folder, { training, validation, executor }, trained, record);
  const measuring = { model, executor, say, signal };
  const heldOut = await measureSubjects(split.heldOut, measuring);
  const writeCard = async (others: readonly Measurement[]): Promise<void> => {
    const trainings = trained.map(({ progress }) => progress);
    const card = modelCard(model, record, trainings, heldOut, others);
    await writeFileAtomic(folder.draft('operator', 'MODEL_CARD.md'), card);
    for (const remark of await folder.publish()) say(remark);
  };
  // Published before the volumes from elsewhere are measured too, which may take long.
  await writeCard([]);
  await writeCard(await measureElsewhere(elsewhere, measuring));
  return { steps, checksum: model.checksum };
}

/** One network of the operator after its training. */
interface TrainedExpert {
  readonly settings: PriorTrainingOptions;
  readonly progress: SavedTraining;
}

/** `gaps of 2, 3 slices`, of one axis `gaps of 2, 3 coronal slices`. */
export function gapsInWords({ spacings, axis }: Pick<PriorTrainingOptions, 'spacings' | 'axis'>): string {
  return `gaps of ${[...new Set(spacings)].join(', ')} ${axis === undefined ? '' : `${axis} `}slices`;
}

async function readPeople(subjects: readonly Subject[]): Promise<TrainingVolume[]> {
  const volumes: TrainingVolume[] = [];
  for (const { id, image } of subjects) volumes.push(trainingVolume(id, await readHead(image)));
  return volumes;
}

function hashesOf(subjects: readonly Subject[]): Promise<string[]> {
  return mapLimited(subjects, 1, ({ image }) => hashFile(image));
}

/** What is learned from, and what the held-out error is taken on. */
interface TrainingData {
  readonly training: readonly TrainingVolume[];
  readonly validation: readonly TrainingVolume[];
  /** SHA-256 of the images. */
  readonly images: { readonly training: readonly string[]; readonly heldOut: readonly string[] };
}

/**
 * The name of a training: one that was stopped goes on only where all that decides its next step is the same. The number
 * of steps is left out: a training may be given more or fewer when it goes on, and its card says so.
 */
export function trainingMark({
  settings: { steps: _, ...lasting },
  start,
  engine,
  images,
  code,
}: {
  readonly settings: PriorTrainingOptions;
  readonly code: string;
} & Pick<Training, 'engine' | 'start'> &
  Pick<TrainingData, 'images'>): string {
  return fingerprint({
    settings: lasting as unknown as Fingerprinted,
    engine,
    training: images.training.length,
    images: [...images.training, ...images.heldOut],
    ...(start !== undefined && { start: start.checksum }),
    code,
  });
}

/**
 * The network that a training begins with: of those of the same form the one made for the most of its gaps, one of its own axis
 * before one of all axes. Undefined where there is none.
 */
export function startOf(
  { experts }: Pick<PriorModel, 'experts'>,
  { network, spacings, axis }: Pick<PriorTrainingOptions, 'network' | 'spacings' | 'axis'>,
): PriorExpert | undefined {
  const shared = ({ gaps: [smallest, largest] }: PriorExpert): number =>
    spacings.filter((every) => every >= Math.floor(smallest) && every <= Math.ceil(largest)).length;
  return experts
    .filter(
      (one) =>
        JSON.stringify(one.network) === JSON.stringify(network) &&
        (one.axis === undefined || one.axis === axis) &&
        shared(one) > 0,
    )
    .toSorted((a, b) => shared(b) - shared(a) || Number(b.axis === axis) - Number(a.axis === axis))[0];
}

const reportInterval = 30_000;

/** Trains from the last checkpoint that fits, or from the start. */
async function learn(
  { experts, start, executor, engine, force, folder, say, signal }: Training,
  expert: number,
  { training, validation, images }: TrainingData,
): Promise<SavedTraining> {
  const settings = experts[expert];
  const mark = trainingMark({ settings, engine, start, images, code: await codeVersion(import.meta.url) });
  const place = folder.file('checkpoint');
  const resume = force ? undefined : await loadCheckpoint(place, expert, settings.network, mark);
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
    resume,
    start: start && startOf(start, settings)?.weights,
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
        expert,
        settings.network,
        { ...progress, schedule, cpuSeconds: cpuSeconds() },
        mark,
      );
      const point = progress.curve.at(-1);
      const each = Object.entries(point?.perSpacing ?? {}).map(([k, value]) => `${k}: ${value.toFixed(3)}`);
      const heldOut =
        point?.validationRatio === undefined
          ? ''
          : `, held-out people ${point.validationRatio.toFixed(3)} (${each.join(', ')})`;
      say(`step ${point?.step}: training ${point?.trainingRatio.toFixed(3)}${heldOut} (of PCHIP's error)`);
    },
  });
  return { ...progress, schedule, cpuSeconds: cpuSeconds() };
}

async function saveModel(
  folder: OutputFolder,
  {
    training,
    validation,
    executor,
  }: Pick<TrainingData, 'training' | 'validation'> & Pick<Training, 'executor'>,
  trained: readonly TrainedExpert[],
  record: TrainingRecord,
): Promise<PriorModel> {
  const experts = trained.map(
    ({ settings, progress: { state } }): PriorExpert => ({
      network: settings.network,
      axis: settings.axis,
      taught: taughtGeometries(training, settings),
      upright: settings.upright,
      weights: Object.fromEntries(
        Object.entries(state.parameters).map(([name, values]) => [name, Float32Array.from(values)]),
      ),
      gaps: ownGaps(training, settings),
      range: trainedRange(training, settings),
    }),
  );
  const lastPoints = trained.map(({ progress }) => progress.curve.at(-1));
  const compared: PriorExpert[] = [];
  for (const [n, own] of experts.entries()) {
    const request = { own, last: lastPoints[n], others: experts };
    const share = await errorOverAllAxes(request, trained[n].settings, validation, executor);
    compared.push({ ...own, ...(share !== undefined && { errorOverAllAxes: Number(share.toFixed(3)) }) });
  }
  const unsealed = {
    experts: compared,
    training: { ...record, lastPoints },
  };
  const bytes = encodePriorModel(unsealed);
  const checksum = checksumOf(bytes);
  await writeFileAtomic(folder.draft('operator', weightsFile), bytes);
  await writeFileAtomic(folder.draft('operator', checksumFile), `${checksum}  ${weightsFile}\n`);
  return { ...unsealed, checksum };
}

/** What is measured, with what, to whom it is told, and who may stop it. */
interface Measuring {
  readonly model: PriorModel;
  readonly executor: Executor;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

async function measureSubjects(subjects: readonly Subject[], measuring: Measuring): Promise<Measurement[]> {
  const measurements: Measurement[] = [];
  for (const { id, image } of subjects) {
    const named = { name: id, head: await readHead(image) };
    for (const every of measuredSpacings)
      measurements.push(await measured(named, 'coronal', every, measuring));
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
async function measureElsewhere(volumes: readonly NamedHead[], measuring: Measuring): Promise<Measurement[]> {
  const measurements: Measurement[] = [];
  for (const volume of volumes)
    for (const axis of ['coronal', 'sagittal', 'axial'] as const)
      for (const every of axis === 'coronal' ? measuredSpacings : [3, 6])
        measurements.push(await measured(volume, axis, every, measuring));
  return measurements;
}

async function measured(
  { name, head }: NamedHead,
  axis: Measurement['axis'],
  every: number,
  { model, executor, say, signal }: Measuring,
): Promise<Measurement> {
  signal.throwIfAborted();
  let seconds = 0;
  const errors = await operatorErrors(head, {
    ...{ axis, every, executor },
    impute: async (known) => {
      const before = process.cpuUsage();
      const imputed = await applyPrior(known, model, executor, { signal });
      const { user, system } = process.cpuUsage(before);
      seconds = (user + system) / 1e6;
      return imputed;
    },
  });
  say(
    `${name}, ${axis}, k = ${every}: ${errors.ratio.toFixed(3)} of the best interpolation, ${seconds.toFixed(1)} s`,
  );
  return { ...errors, name, seconds };
}
