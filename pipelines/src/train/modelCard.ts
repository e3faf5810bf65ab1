import type { PriorExpert, PriorModel, ValidationPoint } from '@oinr/imputation';
import type { SavedTraining, ScheduledPart } from './checkpoint.ts';
import type { Measurement } from './measurement.ts';

/** What a training tells about itself, all of it recorded while it ran. */
export interface TrainingRecord {
  readonly cohort: string;
  readonly description: string;
  readonly learnedFrom: readonly string[];
  readonly heldOut: readonly string[];
  /** In words, how it was decided who is held out. */
  readonly division: string;
  /** The networks of the operator, in its order. */
  readonly experts: readonly {
    readonly steps: number;
    readonly schedule: readonly ScheduledPart[];
    readonly options: Readonly<Record<string, unknown>>;
  }[];
  readonly seed: number;
  /** SHA-256 of the operator whose networks were trained on; absent where training began with random weights. */
  readonly beganWith?: string;
  readonly engine: string;
  readonly voxels: readonly string[];
  /** SHA-256 of the images that it was learned from, so that nobody takes them for new ones. */
  readonly images: readonly string[];
}

/** The model card: Markdown made from the records of the training and nothing else. */
export function modelCard(
  model: PriorModel,
  record: TrainingRecord,
  trainings: readonly Pick<SavedTraining, 'curve' | 'cpuSeconds'>[],
  heldOut: readonly Measurement[],
  elsewhere: readonly Measurement[],
): string {
  const { experts, checksum } = model;
  const named = (n: number): string =>
    `Gaps of ${experts[n].gaps.join(' to ')} pixels${alongAxis(experts[n])}: `;
  const span = ([low, high]: readonly [number, number], unit: string) => `${low} to ${high} ${unit}`;
  return `# Model card: oinr-prior
An operator from kept slices to the missing ones, learned across people. Written by \`pipeline:train\` from its own records.

## What it is
${experts.map(networkLine).join('\n')}
- SHA-256 of the file: \`${checksum}\`
- Use: T1-weighted brain volumes with missing slices along any axis. It is a research tool, not a medical device.

## What it was trained on
- Cohort \`${record.cohort}\`: ${record.description}
- Learned from ${record.learnedFrom.length} people: ${record.learnedFrom.join(', ')}. Held out: ${record.heldOut.join(', ') || 'nobody'} (${record.division}; training never sees groups).
- Voxel sizes (mm): ${record.voxels.join('; ')}.
- Seed ${record.seed}, engine ${record.engine}.${beginning(record)}
${record.experts.map((expert, n) => trainingLine(expert, trainings[n], named(n))).join('\n')}

## Where it may be used
${experts.map(({ range }, n) => `- ${named(n)}kept slices ${span(range.gap, 'mm')} and ${span(range.gapInPixels, 'pixels')} apart, pixels of ${span(range.pixel, 'mm')}.`).join('\n')}
- Outside, the method says so and uses PCHIP.
- Only T1-weighted brains of ${record.learnedFrom.length} people of one study were seen. Other contrasts, pathologies (tumours, resections, infants) and other organs were never tried.
- Anatomy that differs between people is drawn towards what was seen; before a group study, measure the bias per group.

## Held-out people
${measurementTable(heldOut, 'Nobody was held out: nothing is known of other people from this training.')}

## Other data, never trained on
${measurementTable(elsewhere, 'None was given.')}

Ratio: mean squared error over the missing slices, inside the mask (voxels above 2 % of the intensity scale), over that of the best of linear, PCHIP and cubic. Errors: on intensities divided by the 99.5th percentile of the head. Seconds: CPU time of one volume.

## Validation curve
Squared error over that of PCHIP on windows; training: augmented people learned from, validation: held-out people.

${trainings.map(({ curve }, n) => curveTable(curve, named(n))).join('\n\n')}
`;
}

/** ` between coronal slices` where a network is of one axis. */
export function alongAxis({ axis }: Pick<PriorExpert, 'axis'>): string {
  return axis === undefined ? '' : ` between ${axis} slices`;
}

function networkLine(expert: PriorExpert): string {
  const { network, gaps, weights, upright, errorOverAllAxes } = expert;
  const { depth, width, block, reach, phases } = network;
  const count = Object.values(weights).reduce((sum, values) => sum + values.length, 0);
  return (
    `- Network for gaps of ${gaps[0]} to ${gaps[1]} pixels${alongAxis(expert)}: ${depth + 2} layers of 3x3 convolutions within the slices, ` +
    `${width} channels, on blocks of ${block} x ${block} pixels; in ${depth} of them neighbouring gaps are mixed. ` +
    `${2 * reach} kept slices come in, ${phases} sine coefficients of the correction to PCHIP come out at every pixel. ` +
    `No biases: the correction scales with the intensities. ${upright ? 'It sees slices upright, as they stand in the body. ' : ''}` +
    `${errorOverAllAxes === undefined ? '' : `On windows of held-out people it has ${errorOverAllAxes} of the error of the network of all axes. `}` +
    `${count} weights, stored as float16.`
  );
}

function beginning({ beganWith }: TrainingRecord): string {
  return beganWith === undefined
    ? ''
    : ` Began with the networks of the operator of SHA-256 \`${beganWith}\`, trained on other data before.`;
}

function trainingLine(
  { steps, schedule, options }: TrainingRecord['experts'][number],
  { cpuSeconds }: Pick<SavedTraining, 'cpuSeconds'>,
  name: string,
): string {
  return `- ${name}${steps} steps, ${(cpuSeconds / 3600).toFixed(2)} CPU hours.${scheduleLine(schedule)} Options: \`${JSON.stringify(options)}\``;
}

function curveTable(curve: readonly ValidationPoint[], name: string): string {
  const names = perSpacingNames(curve);
  return `${name}
| step | training | validation | ${names.join(' | ')} |
|---|---|---|${names.map(() => '---|').join('')}
${thinned(curve).map(curveRow(names)).join('\n')}`;
}

/** Only where a training was given another number of steps on its way. */
function scheduleLine(schedule: readonly ScheduledPart[]): string {
  if (schedule.length < 2) return '';
  const parts = schedule.map(({ from, steps }) => `from step ${from} as planned for ${steps}`);
  return ` The number of steps was changed on the way; the learning rate fell ${parts.join(', then ')}.`;
}

function measurementTable(measurements: readonly Measurement[], none: string): string {
  if (measurements.length === 0) return none;
  const rows = measurements.map(
    (m) =>
      `| ${m.name} | ${m.axis} | ${m.every} | ${m.ratio.toFixed(3)} | ${exponential(m.operator)} | ${exponential(m.linear)} | ${exponential(m.pchip)} | ${exponential(m.cubic)} | ${m.seconds.toFixed(1)} |`,
  );
  return `| volume | axis | k | ratio | oinr-prior | linear | PCHIP | cubic | seconds |
|---|---|---|---|---|---|---|---|---|
${rows.join('\n')}

${summaryTable(measurements)}`;
}

/** Mean and worst ratio per axis and k. */
function summaryTable(measurements: readonly Measurement[]): string {
  const groups = Map.groupBy(measurements, ({ axis, every }) => `${axis} | ${every}`);
  const rows = [...groups].map(([key, group]) => {
    const ratios = group.map(({ ratio }) => ratio);
    const mean = ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length;
    return `| ${key} | ${mean.toFixed(3)} | ${Math.max(...ratios).toFixed(3)} | ${ratios.length} |`;
  });
  return `| axis | k | mean ratio | worst ratio | volumes |
|---|---|---|---|---|
${rows.join('\n')}`;
}

/** A dash where a number was not recorded. */
function exponential(value: number): string {
  if (!Number.isFinite(value)) return '-';
  return value.toExponential(2);
}

function perSpacingNames(curve: readonly ValidationPoint[]): string[] {
  return Object.keys(curve[0]?.perSpacing ?? {}).map((every) => `k = ${every}`);
}

const cardRows = 16;
function thinned<T>(items: readonly T[]): T[] {
  const every = Math.max(1, Math.ceil(items.length / cardRows));
  return items.filter((_, n) => (items.length - 1 - n) % every === 0);
}

function curveRow(names: readonly string[]): (point: ValidationPoint) => string {
  return ({ step, trainingRatio, validationRatio, perSpacing }) => {
    const each = names.map((name) => (perSpacing[name.slice('k = '.length)] ?? Number.NaN).toFixed(3));
    return `| ${step} | ${trainingRatio.toFixed(3)} | ${validationRatio?.toFixed(3) ?? '-'} | ${each.join(' | ')} |`;
  };
}
