// What scope costs the operator that is trained on other people: the same network, the same number of steps, on coronal
// slices of brains as they are alone, and with every widening of that by itself.
//   node benchmarks/priorScope.ts sub-*/anat/*_T1w.nii.gz --held-out 4 --steps 3600 --width 64 --every 4 6
// The last --held-out files are never trained on. Per setting and gap: error over the missing coronal slices in the mask
// (voxels above 2 % of the scale) over that of the best of linear, PCHIP and cubic, mean and worst held-out person, and
// the same along the other two axes. --only NAME trains one setting.
import { parseArgs } from 'node:util';
import { openExecutor } from '@oinr/engines';
import {
  applyPrior,
  headOf,
  operatorErrors,
  ownGaps,
  type PriorModel,
  priorTrainingDefaults,
  trainedRange,
  trainingVolume,
  trainPrior,
} from '@oinr/imputation';
import { readVolume } from '@oinr/nifti';
import type { KeptSlices } from '@oinr/slices';
import type { Volume } from '@oinr/volume';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    'held-out': { type: 'string', default: '4' },
    steps: { type: 'string', default: '3600' },
    width: { type: 'string', default: '64' },
    every: { type: 'string', multiple: true, default: [] },
    only: { type: 'string', multiple: true, default: [] },
    seed: { type: 'string', default: '1' },
  },
});
const files = positionals.filter((word) => /\.nii(\.gz)?$/.test(word));
const numbers = positionals.filter((word) => /^\d+$/.test(word));
const spacings = [...options.every, ...numbers].map(Number);
const heldOutCount = Number(options['held-out']);
if (files.length < heldOutCount + 2 || spacings.length === 0) {
  console.error(
    'Give NIfTI files of brain-extracted scans, two more than --held-out at least, and --every 4 6.',
  );
  process.exit(1);
}

const asTheyAre = {
  ...priorTrainingDefaults.augmentation,
  ...{ coarse: 0, coarser: 0, blur: 0, stretch: 0, contrast: 0, bias: 0, noise: 0 },
};
const narrow = {
  axis: 'coronal' as const,
  thickShare: 0,
  augmentation: asTheyAre,
};
const { augmentation, thickShare } = priorTrainingDefaults;
const resized = {
  ...asTheyAre,
  coarse: augmentation.coarse,
  coarser: augmentation.coarser,
  stretch: augmentation.stretch,
};
const settings = {
  'coronal, as they are': narrow,
  'all three axes': { ...narrow, axis: undefined },
  'voxel sizes': { ...narrow, augmentation: resized },
  'all augmentation': { ...narrow, augmentation },
  'thick slices': { ...narrow, thickShare },
  'everything, gaps 4 to 8': { spacings: [4, 5, 6, 8], thickShare, augmentation },
};

const heads = new Map<string, Volume>();
for (const file of files) heads.set(file, headOf(await readVolume(file)));
const trainedOn = files.slice(0, -heldOutCount);
const heldOut = files.slice(-heldOutCount);
const volumes = (list: readonly string[]) =>
  list.map((file) => trainingVolume(file, heads.get(file) as Volume));
const training = volumes(trainedOn);
const validation = volumes(heldOut);
const executor = await openExecutor('cpu', { threads: 1 });
console.log(
  `${trainedOn.length} people to train on, ${heldOut.length} held out, ${options.steps} steps, ${options.width} wide`,
);
console.log('setting                  CPU s   axis      gap   mean   worst');
for (const [name, setting] of Object.entries(settings)) {
  if (options.only.length > 0 && !options.only.includes(name)) continue;
  const expert = {
    ...priorTrainingDefaults,
    network: { ...priorTrainingDefaults.network, width: Number(options.width) },
    spacings,
    seed: Number(options.seed),
    steps: Number(options.steps),
    learningRate: [1.2e-3, 3e-5] as const,
    validateEvery: Number(options.steps),
    ...setting,
  };
  const before = process.cpuUsage();
  const { state } = await trainPrior({ options: expert, training, validation, executor });
  const { user, system } = process.cpuUsage(before);
  const model: PriorModel = {
    experts: [
      {
        network: expert.network,
        weights: Object.fromEntries(
          Object.entries(state.parameters).map(([key, values]) => [key, Float32Array.from(values)]),
        ),
        // Measured along all axes, whatever it was trained on.
        gaps: ownGaps(training, { ...expert, axis: undefined }),
        range: trainedRange(training, { ...expert, axis: undefined }),
      },
    ],
    training: {},
    checksum: '',
  };
  for (const axis of ['coronal', 'sagittal', 'axial'] as const)
    for (const every of spacings) {
      if (axis !== 'coronal' && every !== spacings.at(-1)) continue;
      const ratios: number[] = [];
      for (const file of heldOut) {
        const impute = (known: KeptSlices) => applyPrior(known, model, executor);
        const { ratio } = await operatorErrors(heads.get(file) as Volume, { axis, every, executor, impute });
        ratios.push(ratio);
      }
      const mean = ratios.reduce((sum, one) => sum + one, 0) / ratios.length;
      console.log(
        [
          name.padEnd(24),
          ((user + system) / 1e6).toFixed(0).padStart(5),
          ` ${axis.padEnd(9)}`,
          `${every}`.padStart(3),
          mean.toFixed(3).padStart(7),
          Math.max(...ratios)
            .toFixed(3)
            .padStart(7),
        ].join(' '),
      );
    }
}
