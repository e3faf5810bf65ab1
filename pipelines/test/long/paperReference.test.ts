import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { readTsv, type Table } from '@oinr/tables';
import test from 'ava';
import { startStage, temporaryFolder } from '../support/study.ts';

// Curves that PyTorch gave for the same networks, signals and budgets, one seed each. Seeds differ between libraries, so
// curves are compared: within 0.5 dB where several seeds were run, else within 1.5 dB.

const shared = process.env.OINR_SHARED ?? join(import.meta.dirname, '../../../../shared');
const bunny = join(shared, 'data/paper/bunny64.npy');
const bikes = join(shared, 'data/paper/bikes.mp4');

/** A point of a curve: metric, step, value, and how far ours may be from it. */
type Expected = readonly [method: string, metric: string, step: number, value: number, tolerance: number];

async function run(words: readonly string[]): Promise<(experiment: string) => Promise<Table>> {
  const out = temporaryFolder();
  const { code, error } = await startStage('paper', [...words, '--out', out, '--engine', 'cpu']).finished;
  if (code !== 0) throw new Error(error);
  return (experiment) => readTsv(join(out, 'paper', 'default', 'tables', `${experiment}.tsv`));
}

/** Sentences about points that are missing, or too far away. */
function deviations({ rows }: Table, expected: readonly Expected[]): string[] {
  return expected.flatMap(([method, metric, step, value, tolerance]) => {
    const row = rows.find(
      (one) => one.method === method && one.metric === metric && (step === 0 || one.step === String(step)),
    );
    if (row === undefined) return [`${method} ${metric} at ${step}: no row`];
    const distance = Math.abs(Number(row.value) - value);
    return distance <= tolerance ? [] : [`${method} ${metric} at ${step}: ${row.value}, expected ${value}`];
  });
}

test('Coffee at quarter size: the curves of four networks', async (t) => {
  const tables = await run(['--experiment', 'images', '--case', 'coffee']);
  t.deepEqual(
    deviations(await tables('images'), [
      ['oinr', 'psnr_db', 50, 17.4, 1.5],
      ['oinr', 'psnr_db', 100, 21.6, 1.5],
      // Where the rate falls seeds part: four of them give 25.7, 26.9, 27.1 and 27.7 here, and 31.1 to 31.4 at the end.
      ['oinr', 'psnr_db', 200, 25.9, 2],
      ['oinr', 'psnr_db', 300, 31.1, 0.5],
      ['oinr-adam', 'psnr_db', 100, 16.9, 1.5],
      ['oinr-adam', 'psnr_db', 300, 19.4, 1.5],
      ['siren', 'psnr_db', 100, 29.4, 1.5],
      ['siren', 'psnr_db', 200, 31.3, 0.5],
      ['siren', 'psnr_db', 300, 32.8, 1.5],
      ['siren-1e-4', 'psnr_db', 300, 25.5, 1.5],
      ['mfn', 'psnr_db', 100, 22.3, 1.5],
      ['mfn', 'psnr_db', 300, 25.1, 1.5],
      ['wire', 'psnr_db', 100, 20.3, 1.5],
      ['wire', 'psnr_db', 300, 22.8, 1.5],
    ]),
    [],
  );
});

test('Chelsea with few photons: peaks, what comes after them, and the blur', async (t) => {
  const tables = await run(['--experiment', 'denoising', '--case', 'chelsea']);
  t.deepEqual(
    deviations(await tables('denoising'), [
      ['noisy', 'psnr_db', 0, 16.46, 0.3],
      ['gaussian-blur', 'psnr_oracle_db', 0, 24.6, 0.3],
      ['oinr', 'psnr_db', 100, 20.3, 1.5],
      ['oinr', 'psnr_oracle_db', 0, 21.3, 1.5],
      ['oinr', 'psnr_db', 300, 19.6, 1.5],
      ['oinr-adam', 'psnr_db', 300, 22.0, 1.5],
      ['siren', 'psnr_oracle_db', 0, 24.8, 1.5],
      ['siren', 'psnr_db', 300, 20.9, 1.5],
      ['siren-1e-4', 'psnr_db', 300, 23.5, 1.5],
      ['wire', 'psnr_oracle_db', 0, 24.0, 1.5],
      ['mfn', 'psnr_oracle_db', 0, 19.6, 1.5],
    ]),
    [],
  );
});

const withBunny = existsSync(bunny) ? test : test.skip;
if (!existsSync(bunny)) console.log(`The bunny was not fitted: ${bunny} is not there.`);

withBunny('the bunny at 64 voxels a side', async (t) => {
  const tables = await run(['--experiment', 'occupancy', '--volume', bunny]);
  t.deepEqual(
    deviations(await tables('occupancy'), [
      ['body', 'filled_share', 0, 0.173, 0.0005],
      ['trilinear', 'iou', 0, 0.979, 0.002],
      ['trilinear-4', 'iou', 0, 0.934, 0.003],
      ['siren', 'iou', 20, 0.946, 0.03],
      ['siren', 'iou', 60, 0.97, 0.02],
      ['oinr', 'iou', 20, 0.463, 0.2],
      ['oinr', 'iou', 40, 0.622, 0.2],
      ['oinr', 'iou', 60, 0.786, 0.15],
    ]),
    [],
  );
});

/** Frames 0 to 15, means of 2 x 2 pixels, rows 36 to 99 and columns 112 to 207 of them. */
const bikesFilter = 'scale=320:136:flags=area,crop=96:64:112:36';
const hasFfmpeg = spawnSync('ffmpeg', ['-version']).status === 0;
const withBikes = existsSync(bikes) && hasFfmpeg ? test : test.skip;
if (!existsSync(bikes)) console.log(`The clip was not fitted: ${bikes} is not there.`);
else if (!hasFfmpeg) console.log('The clip was not fitted: ffmpeg is not on the PATH.');

withBikes('bikes: every second frame, and those between', async (t) => {
  const frames = join(temporaryFolder(), 'bikes');
  mkdirSync(frames);
  const words = ['-v', 'error', '-i', bikes, '-vf', bikesFilter, '-frames:v', '16', join(frames, '%02d.png')];
  t.is(spawnSync('ffmpeg', words).status, 0);
  const tables = await run(['--experiment', 'video', '--video', frames]);
  t.deepEqual(
    deviations(await tables('video'), [
      ['blend', 'psnr_held_out_db', 0, 26.55, 0.05],
      ['static-mean', 'psnr_held_out_db', 0, 19.03, 0.05],
      ['oinr-consecutive', 'psnr_db', 40, 16.8, 1.5],
      ['oinr-consecutive', 'psnr_db', 80, 19.9, 1.5],
      // Where the rate falls, this fit hangs on its seed: PyTorch gave 22.8, and 24.0, 25.8 and 27.0 with three others.
      ['oinr-consecutive', 'psnr_db', 150, 25, 2.5],
      // At the full rate seeds part: three of them give 17.1, 17.7 and 18.2 here, and 27.5 to 28.3 at the end.
      ['oinr-sparse', 'psnr_db', 40, 16.6, 2],
      ['oinr-sparse', 'psnr_db', 80, 19.7, 1.5],
      ['oinr-sparse', 'psnr_db', 150, 26.8, 1.5],
      ['oinr-sparse', 'psnr_held_out_db', 150, 24.6, 1.5],
      ['oinr-waves-sparse', 'psnr_db', 40, 19.1, 1.5],
      ['oinr-waves-sparse', 'psnr_db', 80, 24.1, 1.5],
      ['oinr-waves-sparse', 'psnr_db', 150, 35.6, 1.5],
      ['oinr-waves-sparse', 'psnr_held_out_db', 150, 25.6, 1.5],
      ['siren-sparse', 'psnr_db', 40, 30.3, 1.5],
      ['siren-sparse', 'psnr_db', 80, 36.2, 1.5],
      ['siren-sparse', 'psnr_db', 150, 37.9, 1.5],
      ['siren-sparse', 'psnr_held_out_db', 150, 19.3, 1.5],
    ]),
    [],
  );
});
