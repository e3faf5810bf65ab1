// What the right slice profile is worth: full-resolution brains are averaged to thick slices, imputed back under
// several assumptions of what the slices are, and compared with the original over all slices.
//   node benchmarks/thickSlices.ts brain.nii.gz ... --acquired gauss --thickness 5 --assumed thin box gauss
// The voxels above 0 are the mask, which is meant for brain-extracted scans; thickness is in slices (with gauss: the full
// width at half maximum) and is also their distance, unless --distance says otherwise. The mean squared error is on intensity / 99.5th percentile in
// the mask; `predicted` is what the method foresaw of it. Seconds are CPU time, training included.
import { cpus } from 'node:os';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { openExecutor } from '@oinr/engines';
import { errorsInIntensities, findMethod, SubjectSession } from '@oinr/imputation';
import { intensityScale } from '@oinr/metrics';
import { readVolume } from '@oinr/nifti';
import { acquireSlices, keepEvery, type SliceProfile } from '@oinr/slices';
import { type AnatomicalAxis, arrayAxis } from '@oinr/volume';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    axis: { type: 'string', default: 'axial' },
    acquired: { type: 'string', default: 'box' },
    thickness: { type: 'string', default: '5' },
    distance: { type: 'string' },
    assumed: { type: 'string', multiple: true, default: [] },
    method: { type: 'string', multiple: true, default: [] },
    seed: { type: 'string', default: '1' },
  },
});
// `--assumed thin box` reads like the pipeline's options: bare words that name no file or profile are methods.
const files = positionals.filter((word) => /\.nii(\.gz)?$/.test(word));
const words = positionals.filter((word) => !files.includes(word));
const profiles = ['thin', 'box', 'gauss'];
const assumptions = [...options.assumed, ...words.filter((word) => profiles.includes(word))];
const names = [...options.method, ...words.filter((word) => !profiles.includes(word))];
const methods = names.length > 0 ? names : ['nearest', 'linear', 'pchip', 'cubic', 'oinr-internal'];
for (const name of methods) findMethod(name);
const thickness = Number(options.thickness);
const distance = Number(options.distance ?? options.thickness);
if (files.length === 0 || !(thickness >= 1) || !Number.isInteger(distance) || distance < 2) {
  console.error(
    'Give NIfTI files of brain-extracted scans, a --thickness of one slice or more, and a --distance of two or more whole slices (default: the thickness).',
  );
  process.exit(1);
}

function profileOf(kind: string): SliceProfile {
  if (kind === 'thin') return { kind };
  if (kind === 'box' || kind === 'gauss') return { kind, thickness };
  console.error(`There is no slice profile ${kind}; it is one of ${profiles.join(', ')}.`);
  process.exit(1);
}

const executor = await openExecutor('auto');
console.log(`${cpus()[0]?.model ?? 'unknown processor'}, engine ${executor.name}, seed ${options.seed}`);
for (const file of files) {
  const truth = await readVolume(file);
  const mask = truth.data.map((value) => (value > 0 ? 1 : 0));
  const scale = intensityScale(truth.data, mask).value;
  const axis = arrayAxis(truth.grid, options.axis as AnatomicalAxis);
  const kept = keepEvery({ length: truth.grid.shape[axis], every: distance });
  const acquired = acquireSlices(truth, axis, kept, profileOf(options.acquired));
  console.log(
    `\n${basename(file)}: ${kept.length} ${options.axis} slices, ${options.acquired} of ${thickness} slices, ${distance} apart`,
  );
  console.log('assumed  method             error x 1000  predicted   CPU s  chosen');
  for (const assumed of assumptions.length > 0 ? assumptions : ['thin', options.acquired]) {
    const known = { ...acquired, profile: profileOf(assumed) };
    const session = new SubjectSession(known);
    for (const name of methods) {
      const before = process.cpuUsage();
      const { data, details, predicted } = await findMethod(name).impute(known, {
        executor,
        seed: Number(options.seed),
        session,
      });
      const used = process.cpuUsage(before);
      let sum = 0;
      let count = 0;
      for (const [index, value] of data.entries()) {
        if (mask[index] !== 1) continue;
        sum += ((value - (truth.data[index] ?? 0)) / scale) ** 2;
        count += 1;
      }
      const foreseen = predicted && errorsInIntensities(predicted)[String(details.chosen ?? name)];
      const foreseenInWords = foreseen === undefined ? '' : ((1000 * foreseen) / scale ** 2).toFixed(3);
      console.log(
        `${assumed.padEnd(8)} ${name.padEnd(18)} ${((1000 * sum) / count).toFixed(3).padStart(12)} ` +
          `${foreseenInWords.padStart(10)} ` +
          `${((used.user + used.system) / 1e6).toFixed(1).padStart(7)}  ${details.chosen ?? ''}`,
      );
    }
  }
}
