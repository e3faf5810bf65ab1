import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeImage, type Image } from '@oinr/signals';
import { readTsv } from '@oinr/tables';
import test from 'ava';
import { startStage, temporaryFolder } from './support/study.ts';

/** The columns that the tables of all experiments begin with, in this order. */
const columns = 'experiment case size method recipe parameters octaves seed step cpu_seconds metric value';

/** Coloured waves: small enough for a fit in a moment. */
function waves(height: number, width: number, shift = 0): Image {
  const data = Float32Array.from({ length: 3 * height * width }, (_, i) => {
    const [channel, row, column] = [
      Math.floor(i / (height * width)),
      Math.floor(i / width) % height,
      i % width,
    ];
    return 0.5 + 0.4 * Math.sin((column + shift) / 3 + channel) * Math.cos(row / 4);
  });
  return { channels: 3, height, width, data };
}

/** A .npy file of n x n x n bytes. */
function npy(n: number, value: (i: number, j: number, k: number) => number): Buffer {
  const header = `{'descr': '|u1', 'fortran_order': False, 'shape': (${n}, ${n}, ${n}), }`.padEnd(117);
  const start = Buffer.from([0x93, ...Buffer.from('NUMPY'), 1, 0, 118, 0]);
  const values = Uint8Array.from({ length: n ** 3 }, (_, i) =>
    value(i % n, Math.floor(i / n) % n, Math.floor(i / n ** 2)),
  );
  return Buffer.concat([start, Buffer.from(`${header}\n`), values]);
}

interface Signals {
  readonly folder: string;
  readonly image: string;
  readonly frames: string;
  readonly ball: string;
}

async function signals(): Promise<Signals> {
  const folder = temporaryFolder();
  const frames = join(folder, 'frames');
  mkdirSync(frames);
  writeFileSync(join(folder, 'waves.png'), await encodeImage(waves(18, 24)));
  for (let n = 0; n < 4; n++) writeFileSync(join(frames, `${n}.png`), await encodeImage(waves(9, 12, n)));
  writeFileSync(
    join(folder, 'ball.npy'),
    npy(9, (i, j, k) => ((i - 4) ** 2 + (j - 4) ** 2 + (k - 4) ** 2 < 10 ? 1 : 0)),
  );
  return { folder, image: join(folder, 'waves.png'), frames, ball: join(folder, 'ball.npy') };
}

const run = (words: readonly string[]) =>
  startStage('paper', [...words, '--engine', 'cpu', '--jobs', '1']).finished;

test('experiments on signals of one\u2019s own: tables, pictures, verdicts and a page that names nothing of the machine', async (t) => {
  const { folder, image, frames, ball } = await signals();
  const out = join(folder, 'out');
  const wanted = {
    images: ['bicubic', 'oinr', 'siren'],
    denoising: ['gaussian-blur', 'noisy', 'oinr', 'siren'],
    occupancy: ['trilinear', 'body', 'oinr', 'siren'],
    video: ['blend', 'static-mean', 'oinr-sparse'],
  };
  const methods = ['bicubic', 'gaussian-blur', 'trilinear', 'blend', 'oinr', 'oinr-sparse', 'siren'];
  const words = ['--steps', '4', '--out', out, '--image', image, '--video', frames, '--volume', ball];
  const ended = await run(['--experiment', ...Object.keys(wanted), '--method', ...methods, ...words]);
  t.is(ended.code, 0, ended.error);
  const place = join(out, 'paper', 'default');
  for (const [name, own] of Object.entries(wanted)) {
    const table = await readTsv(join(place, 'tables', `${name}.tsv`));
    t.is(table.columns.slice(0, 12).join(' '), columns);
    t.deepEqual([...new Set(table.rows.map(({ method }) => method))].sort(), own.toSorted());
    t.true(
      table.rows.every(
        (row) => row.size === 'quarter' && row.seed === '0' && Number.isFinite(Number(row.value)),
      ),
    );
  }
  const { rows } = await readTsv(join(place, 'tables', 'images.tsv'));
  const oinr = rows.find((row) => row.method === 'oinr');
  t.like(oinr, {
    case: 'waves',
    recipe: 'muon',
    parameters: '15408',
    octaves: '10',
    step: '4',
    metric: 'psnr_db',
  });
  const verdicts = await readTsv(join(place, 'tables', 'verdicts.tsv'));
  t.true(
    verdicts.rows.every(({ verdict }) =>
      /^(holds|holds with a change|does not hold here|cannot be checked here)$/.test(verdict),
    ),
  );
  t.regex(
    (await readTsv(join(place, 'tables', 'remarks.tsv'))).rows.map(({ remark }) => remark).join(),
    /10 octaves, but a side of 18 pixels tells only 4 apart/,
  );
  const page = readFileSync(join(place, 'paper.html'), 'utf8');
  t.true(page.includes('What holds') && page.includes('data-source="tables/images.tsv"'));
  t.false(page.includes(folder));
  t.false(/https?:\/\/(?!www\.w3\.org)/.test(page));

  // One more experiment into the same folder: those before stay on the page, and what is done is kept.
  const again = await run(['--experiment', 'images', '--method', 'bicubic', 'oinr', ...words]);
  t.is(again.code, 0, again.error);
  t.regex(again.out, /2 kept from an earlier run/);
  t.true(readFileSync(join(place, 'paper.html'), 'utf8').includes('tables/video.tsv'));
});

test('signals that cannot be used are told by a sentence each, and the other experiments go on', async (t) => {
  const { folder, ball } = await signals();
  const out = join(folder, 'out');
  const dot = join(folder, 'dot.png');
  writeFileSync(dot, await encodeImage(waves(1, 1)));
  const good = join(folder, 'good.png');
  writeFileSync(good, await encodeImage(waves(12, 16)));
  const single = join(folder, 'single');
  mkdirSync(single);
  writeFileSync(join(single, 'a.png'), await encodeImage(waves(9, 12)));
  const open = join(folder, 'open.obj');
  writeFileSync(open, 'v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n');
  const ended = await run([
    ...[
      '--experiment',
      'images',
      'occupancy',
      'video',
      '--method',
      'bicubic',
      'trilinear',
      'blend',
      '--out',
      out,
    ],
    ...['--image', dot, good, '--video', single, '--volume', open, ball],
  ]);
  t.is(ended.code, 1);
  const place = join(out, 'paper', 'default', 'tables');
  const failures = Object.fromEntries(
    (await readTsv(join(place, 'failures.tsv'))).rows.map((row) => [row.case, row.reason]),
  );
  t.regex(failures.dot, /dot\.png has 1 x 1 pixel, fewer than the 3 x 3 of a kernel/);
  t.regex(failures.single, /one frame only/);
  t.regex(failures.open, /not closed: 3 of its 3 edges/);
  t.false(Object.values(failures).join().includes(folder));
  t.deepEqual(
    (await readTsv(join(place, 'images.tsv'))).rows.map((row) => row.case),
    ['good'],
  );
  t.true((await readTsv(join(place, 'occupancy.tsv'))).rows.every((row) => row.case === 'ball'));
});

test('a run that was killed goes on behind its last finished result', async (t) => {
  const { folder, image } = await signals();
  const out = join(folder, 'out');
  const words = ['--experiment', 'images', '--steps', '60', '--out', out, '--image', image];
  const records = join(out, 'paper', 'default', '.resume', 'paper', 'images', 'waves');
  const first = startStage('paper', [...words, '--engine', 'cpu', '--jobs', '1']);
  let isOver = false;
  first.finished.then(() => {
    isOver = true;
  });
  while (!isOver && !(existsSync(records) && readdirSync(records).length >= 2))
    await new Promise((resolve) => setTimeout(resolve, 20));
  first.child.kill('SIGKILL');
  await first.finished;
  const second = await run(words);
  t.is(second.code, 0, second.error);
  t.regex(second.out, /\d measured, [2-6] kept from an earlier run/);
});

test('words that are not understood are refused before anything is written', async (t) => {
  const out = join(temporaryFolder(), 'out');
  const wrong = async (words: string[]): Promise<string> => {
    const { code, error } = await run([...words, '--out', out]);
    t.is(code, 2);
    return error;
  };
  t.regex(await wrong(['--experiment', 'image']), /--experiment "image" does not exist.*images/);
  t.regex(
    await wrong(['--experiment', 'images', '--case', 'tea']),
    /--case tea does not exist; there are coffee/,
  );
  t.regex(await wrong(['--experiment', 'images', '--method', 'nerf']), /--method nerf does not exist.*oinr/);
  t.false(existsSync(out));
});
