import { openExecutor, resolveEngine } from '@oinr/engines';
import {
  checksumFile,
  loadPriorModel,
  oneAxisTraining,
  type PriorExpert,
  type PriorModel,
  type PriorTrainingOptions,
  priorTrainingDefaults,
  shippedPriorModel,
  uprightTraining,
  weightsFile,
} from '@oinr/imputation';
import { provenance, RunError, relativePath, runInFolder, stoppable } from '@oinr/run';
import { writeTsv } from '@oinr/tables';
import { recordOf } from '../config/record.ts';
import { excludedTable, losesImage, sayExcluded } from '../excluded.ts';
import { hideMachine, openSource, type Source } from '../source.ts';
import type { StageContext } from '../stageContext.ts';
import type { StageResult } from '../stageEnd.ts';
import { toolVersion } from '../toolVersion.ts';
import { type TrainConfig, trainConfig } from './config.ts';
import { foldRun } from './folds.ts';
import { gapsInWords, learnAndMeasure, startOf } from './learn.ts';
import { alongAxis } from './modelCard.ts';
import { holdOut, splitPeople } from './people.ts';

/** The module that learns: a change of it, or of what it uses, begins a training anew. */
const entry = new URL('./learn.ts', import.meta.url);

// The learning rate ends at this share of its largest value.
const lastRate = 1 / 40;

/**
 * The stage `train`. From the full-resolution volumes of a cohort it learns one operator from kept slices to the
 * missing ones, with people (never slices) held out, measures it on them, and writes the weights with checksum and
 * model card. A training that was stopped goes on from its last checkpoint, bit for bit.
 */
export async function train(config: TrainConfig, context: StageContext): Promise<StageResult> {
  const source = context.source ?? (await openSource(config, context.terminal));
  const { fold, folds, run } = config;
  if (fold !== 'all') return trainFold(config, fold, run, source, context);
  let result: StageResult = { status: 'complete' };
  for (let one = 1; one <= folds && result.status !== 'stopped' && result.status !== 'failed'; one++)
    result = await trainFold(config, one, foldRun(run, one), source, context);
  return result;
}

async function trainFold(
  config: TrainConfig,
  fold: number,
  run: string,
  source: Source,
  { terminal }: StageContext,
): Promise<StageResult> {
  const { cohort } = source;
  const { heldOut, folds } = config;
  const split = heldOut ? holdOut(cohort.subjects, heldOut) : splitPeople(cohort.subjects, folds, fold);
  const division = heldOut ? 'chosen by name' : `fold ${fold} of ${folds}, balanced by group`;
  const hide = hideMachine(source, config.out);
  const engine = await resolveEngine(config.engine);
  const experts = config.experts.map(
    ({ axis, gaps: spacings }): PriorTrainingOptions => ({
      ...priorTrainingDefaults,
      ...uprightTraining,
      ...(axis !== undefined && { ...oneAxisTraining, axis }),
      network: { ...priorTrainingDefaults.network, width: config.width },
      spacings,
      seed: config.seed,
      steps: config.steps,
      learningRate: [config.learningRate, config.learningRate * lastRate],
    }),
  );
  const start =
    config.startFrom === undefined ? undefined : await startingOperator(config.startFrom, experts);
  const details = {
    ...(await provenance({
      config: recordOf(trainConfig, { ...config, fold, run, engine }),
      version: toolVersion,
      entry,
    })),
    engine,
    threads: config.threads,
  };
  const request = { out: config.out, cohort: cohort.name, run, stage: 'train' };
  return runInFolder({ ...request, details, hide, terminal }, async ({ folder, say }) => {
    say(
      `Cohort ${cohort.name}: learning from ${split.training.length} people, ${split.heldOut.length} held out ` +
        `(${division}).`,
    );
    await writeTsv(folder.draft('tables', 'excluded.tsv'), excludedTable(cohort, hide));
    const executor = await openExecutor(engine, { threads: config.threads });
    const { elsewhere, force, only } = config;
    const learned = await stoppable({ say }, (signal) =>
      learnAndMeasure({
        cohort,
        split,
        division,
        elsewhere,
        experts,
        ...(only !== undefined && { only: only - 1 }),
        ...(start !== undefined && { start }),
        executor,
        engine,
        force,
        folder,
        say,
        signal,
      }),
    );
    if (learned.isStopped) return { status: 'stopped' as const };
    const shown = (name: string): string => relativePath(process.cwd(), folder.file(name));
    terminal.out.write(
      only === undefined
        ? `The operator is in ${shown('operator')}: ${weightsFile}, ${checksumFile} and MODEL_CARD.md.\n`
        : `Network ${only} is in ${shown('checkpoint')}; the same command without --only makes the operator of all.\n`,
    );
    sayExcluded(cohort, hide, terminal);
    const lost = cohort.excluded.filter(losesImage).length;
    return {
      ...(lost > 0
        ? { status: 'complete with failures' as const, why: `${lost} in the cohort could not be used` }
        : { status: 'complete' as const }),
      record: learned.result,
    };
  });
}

/**
 * The operator that a training begins with.
 *
 * @throws RunError where it has nothing to begin with for one of the networks.
 */
async function startingOperator(from: string, experts: readonly PriorTrainingOptions[]): Promise<PriorModel> {
  const model = await (from === 'shipped' ? shippedPriorModel() : loadPriorModel(from));
  for (const expert of experts)
    if (startOf(model, expert) === undefined)
      throw new RunError(
        `--start-from ${from} has no network of ${expert.network.width} channels for ${gapsInWords(expert)}; it has ` +
          `${model.experts.map(inWords).join(', ')}. Give --experts and --width that fit, or leave --start-from out.`,
      );
  return model;
}

function inWords(expert: PriorExpert): string {
  const [smallest, largest] = expert.gaps;
  return `one of ${expert.network.width} channels for gaps of ${smallest} to ${largest} pixels${alongAxis(expert)}`;
}
