import { basename, extname } from 'node:path';
import { UsageError } from '@oinr/errors';
import type { PaperConfig } from './config.ts';
import type { Experiment, PaperSettings, Trial } from './experiment.ts';
import { experiments } from './experiments/registry.ts';
import type { OwnSignal, PaperTask } from './plan.ts';

/** What is to be done: a task for every case of the experiments that were asked for. */
export function tasksOf(config: PaperConfig): PaperTask[] {
  const chosen = experiments.filter(({ name }) => config.experiment.includes(name));
  const own = ownSignals(config);
  const all = chosen.flatMap((experiment) => casesOf(experiment, own));
  const tasks = config.case === undefined ? all : all.filter((task) => config.case?.includes(task.case));
  const known = new Set(all.map((task) => task.case));
  for (const name of config.case ?? [])
    if (!known.has(name))
      throw new UsageError(`--case ${name} does not exist; there are ${[...known].join(', ')}.`);
  const methods = new Set(
    chosen.flatMap((experiment) => experiment.trials(config).map(({ method }) => method)),
  );
  for (const name of config.method ?? [])
    if (!methods.has(name))
      throw new UsageError(`--method ${name} does not exist; there are ${[...methods].join(', ')}.`);
  return tasks;
}

/** The trials of an experiment that were asked for. */
export function trialsOf(
  { trials }: Experiment,
  settings: PaperSettings,
  methods: readonly string[] | undefined,
): readonly Trial[] {
  return trials(settings).filter(({ method }) => methods?.includes(method) ?? true);
}

function casesOf({ name, takes, cases }: Experiment, own: readonly NamedSignal[]): PaperTask[] {
  const given = own.filter(({ signal }) => signal.kind === takes);
  return given.length === 0
    ? cases.map((one) => ({ experiment: name, case: one }))
    : given.map((one) => ({ experiment: name, case: one.name, own: one.signal }));
}

interface NamedSignal {
  readonly name: string;
  readonly signal: OwnSignal;
}

/** Signals by the names of their files, which become names of units and pictures; a name that is there twice is numbered. */
function ownSignals({ image, video, volume }: PaperConfig): NamedSignal[] {
  const signals: OwnSignal[] = [
    ...image.map((path) => ({ kind: 'image' as const, path })),
    ...(video === undefined ? [] : [{ kind: 'video' as const, path: video }]),
    ...volume.map((path) => ({ kind: 'volume' as const, path })),
  ];
  const taken = new Set<string>();
  return signals.map((signal) => {
    const stem = basename(signal.path.replace(/\.gz$/i, ''), extname(signal.path.replace(/\.gz$/i, '')));
    const word = stem.replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^[-.]+|[-.]+$/g, '') || signal.kind;
    let name = word;
    for (let n = 2; taken.has(`${signal.kind} ${name}`); n++) name = `${word}-${n}`;
    taken.add(`${signal.kind} ${name}`);
    return { name, signal };
  });
}
