import { tableOf } from '@oinr/tables';
import test from 'ava';
import { judged, verdictsTable } from '../src/paper/claims/judge.ts';
import { claims } from '../src/paper/claims/registry.ts';
import type { ExperimentName } from '../src/paper/experimentNames.ts';
import { seriesOf } from '../src/paper/series.ts';

const columns = ['experiment', 'case', 'size', 'method', 'recipe', 'parameters', 'octaves', 'seed', 'step'];

interface Point {
  readonly case?: string;
  readonly method: string;
  readonly recipe?: string;
  readonly octaves?: number;
  readonly step?: number;
  readonly cpu_seconds?: number;
  readonly metric?: string;
  readonly value: number;
}

const tableWith = (experiment: ExperimentName, points: readonly Point[]) =>
  tableOf(
    [...columns, 'cpu_seconds', 'metric', 'value'],
    points.map((point) => ({
      ...{ experiment, case: 'coffee', size: 'quarter', seed: 0, metric: 'psnr_db', ...point },
    })),
  );

/** The verdict on the claim whose words match, from the table of one experiment. */
function verdictOf(experiment: ExperimentName, points: readonly Point[], words: RegExp) {
  const tables = new Map([[experiment, tableWith(experiment, points)]]);
  const found = judged(claims, tables).filter(({ says }) => words.test(says));
  if (found.length !== 1) throw new Error(`${found.length} claims say ${words}`);
  return found[0];
}

const fit = (method: string, value: number, recipe = 'paper', seconds = 10): Point[] => [
  { method, recipe, step: 100, cpu_seconds: seconds / 3, value: value - 2 },
  { method, recipe, step: 300, cpu_seconds: seconds, value },
];
const rivals = [...fit('siren', 32), ...fit('wire', 23), ...fit('mfn', 25)];

test('Table 1: changing one row changes the verdict', (t) => {
  const better = /higher PSNR than SIREN/;
  const verdict = (oinr: number, adam: number) =>
    verdictOf('images', [...fit('oinr', oinr, 'muon'), ...fit('oinr-adam', adam), ...rivals], better).verdict;
  t.is(verdict(31, 19), 'does not hold here');
  t.is(verdict(33, 19), 'holds with a change');
  t.is(verdict(33, 33), 'holds');
  // A tie is no victory.
  t.is(verdict(32, 19), 'does not hold here');
});

test('Table 1: every case counts, and a missing rival leaves nothing to compare with', (t) => {
  const better = /higher PSNR than SIREN/;
  const own = [...fit('oinr', 33, 'muon'), ...fit('oinr-adam', 19), ...rivals];
  const rocket = [...fit('oinr', 31, 'muon'), ...rivals].map((point) => ({ ...point, case: 'rocket' }));
  t.is(verdictOf('images', [...own, ...rocket], better).verdict, 'does not hold here');
  const alone = verdictOf('images', fit('oinr', 33, 'muon'), better);
  t.is(alone.verdict, 'cannot be checked here');
  t.regex(alone.evidence.join(''), /lacks rows/);
});

test('time of a step is judged by step and seconds', (t) => {
  const faster = /less computing time/;
  const of = (seconds: number, step: number) =>
    verdictOf(
      'images',
      [{ method: 'oinr', recipe: 'muon', step, cpu_seconds: seconds, value: 30 }, ...rivals],
      faster,
    ).verdict;
  t.is(of(9, 300), 'holds');
  t.is(of(11, 300), 'does not hold here');
  t.is(of(11, 600), 'holds');
});

test('an experiment that was not run is not judged, and the page says how to run it', (t) => {
  const all = judged(claims, new Map());
  t.true(all.every(({ verdict }) => verdict === 'cannot be checked here'));
  t.true(all.some(({ evidence }) => evidence.join('').includes('--experiment denoising')));
  t.true(all.every(({ rule, where, evidence }) => rule !== '' && where !== '' && evidence.length > 0));
});

test('Table 2: the blur is judged by the best network, and the end by fits that have passed their best', (t) => {
  const noisy = (method: string, oracle: number, last: number, at = 100): Point[] => [
    { method, step: 300, value: last },
    { method, step: at, metric: 'psnr_oracle_db', value: oracle },
  ];
  const blur: Point = { method: 'gaussian-blur', metric: 'psnr_oracle_db', value: 24.6 };
  const points = [...noisy('siren', 24.8, 21), ...noisy('oinr', 22, 22, 300), blur];
  t.is(verdictOf('denoising', points, /better than a Gaussian blur/).verdict, 'does not hold here');
  t.is(
    verdictOf('denoising', [...noisy('siren', 25, 21), blur], /better than a Gaussian blur/).verdict,
    'holds',
  );
  t.is(verdictOf('denoising', points, /the noise is not learned/).verdict, 'does not hold here');
  t.is(
    verdictOf('denoising', noisy('oinr', 22, 22, 300), /the noise is not learned/).verdict,
    'cannot be checked here',
  );
  t.is(verdictOf('denoising', noisy('oinr', 22, 21.8), /the noise is not learned/).verdict, 'holds');
});

test('bodies, clips, resolutions, gradients and noise: a row turns each verdict', (t) => {
  const end = (method: string, value: number, rest: Partial<Point> = {}): Point => ({
    ...{ method, recipe: 'paper', step: 100, value },
    ...rest,
  });
  const body = (value: number) => [
    end('oinr', value, { metric: 'iou' }),
    end('siren', 0.9, { metric: 'iou' }),
  ];
  t.is(verdictOf('occupancy', body(0.95), /occupancy of bodies/).verdict, 'holds with a change');
  t.is(verdictOf('occupancy', body(0.85), /occupancy of bodies/).verdict, 'does not hold here');

  const held = { metric: 'psnr_held_out_db' };
  const clip = (shift: number, waves: number) => [
    ...[end('oinr-sparse', shift, held), end('oinr-waves-sparse', waves, held), end('blend', 26, held)],
    ...[end('siren-sparse', 19, held), end('static-mean', 20, held)],
  ];
  const between = /left out of the fit/;
  t.is(verdictOf('video', clip(24, 25), between).verdict, 'holds');
  t.is(verdictOf('video', clip(19.5, 25), between).verdict, 'holds with a change');
  t.is(verdictOf('video', clip(19.5, 18), between).verdict, 'does not hold here');
  t.is(verdictOf('video', clip(24, 25), /blending/).verdict, 'does not hold here');
  t.is(verdictOf('video', clip(24, 27), /blending/).verdict, 'holds with a change');

  const sizes = (scaled: number) =>
    [
      ...[end('ckconv', 18), end('oinr', 17), end('oinr-alias-free', 24), end('oinr-scaled', scaled)],
      ...[end('siren', 29), end('bicubic', 32)],
    ].flatMap((point) => [point, { ...point, metric: 'seen_psnr_db', value: 23 }]);
  t.is(verdictOf('multiresolution', sizes(25), /really scale/).verdict, 'holds');
  t.is(verdictOf('multiresolution', sizes(23.9), /really scale/).verdict, 'does not hold here');
  t.is(verdictOf('multiresolution', sizes(23), /adapt to the resolution/).verdict, 'holds with a change');
  t.is(verdictOf('multiresolution', sizes(22), /adapt to the resolution/).verdict, 'does not hold here');
  t.is(verdictOf('multiresolution', sizes(30), /as SIREN/).verdict, 'holds with a change');

  const gradient = (ten: number, four: number) =>
    [end('oinr', ten, { octaves: 10 }), end('oinr', four, { octaves: 4 })].map((point) => ({
      ...point,
      metric: 'correlation',
    }));
  t.is(verdictOf('derivatives', gradient(0.2, 0.98), /gradient/).verdict, 'holds with a change');
  t.is(verdictOf('derivatives', gradient(0.95, 0.98), /gradient/).verdict, 'holds');
  t.is(verdictOf('derivatives', gradient(0.2, 0.5), /gradient/).verdict, 'does not hold here');

  const noise = (alone: number, pixels: number) => [
    ...[
      end('oinr', 21.4, { octaves: 10 }),
      end('oinr', 26, { octaves: 3 }),
      end('pointwise', 18, { octaves: 10 }),
    ],
    ...[end('oinr-40-noise', alone, { octaves: 0 }), end('oinr-28-noise', 30, { octaves: 3 })],
    end('pointwise-40-noise', pixels, { octaves: 0 }),
  ];
  t.is(verdictOf('noise', noise(23.6, 8.8), /Fixed noise/).verdict, 'holds');
  t.is(verdictOf('noise', noise(20, 8.8), /Fixed noise/).verdict, 'does not hold here');
  t.is(verdictOf('noise', noise(23.6, 20), /single pixels/).verdict, 'does not hold here');
});

test('paths between weights: matching, exactness, SIREN and layers', (t) => {
  const path = (method: string, value: number, rest: Partial<Point> = {}): Point => ({
    ...{ method, recipe: 'paper', metric: 'path_psnr_db', value },
    ...rest,
  });
  const seeds = (matched: number) => [
    path('oinr-different-seeds', 10.1),
    path('oinr-different-seeds-matched', matched),
    // By another optimiser: not asked for.
    path('oinr-different-seeds-matched', 40, { recipe: 'muon' }),
  ];
  t.is(verdictOf('weights', seeds(13.4), /brings the weights/).verdict, 'holds');
  t.is(verdictOf('weights', seeds(10.9), /brings the weights/).verdict, 'does not hold here');
  const change = (value: number) => [path('oinr-same-seed-matched', value, { metric: 'output_change' })];
  t.is(verdictOf('weights', change(1e-6), /does not change/).verdict, 'holds');
  t.is(verdictOf('weights', change(1e-2), /does not change/).verdict, 'does not hold here');
  const layers = (first: number) =>
    [first, 14.7, 16.5, 17.8, 17.6].map((value, n) => path(`oinr-layer-${n + 1}`, value));
  t.is(verdictOf('weights', layers(8.3), /Early layers/).verdict, 'holds');
  t.is(verdictOf('weights', layers(15), /Early layers/).verdict, 'does not hold here');
});

test('the table of verdicts names file and lines, and shows the numbers of the cells', (t) => {
  const tables = new Map([
    ['images' as const, tableWith('images', [...fit('oinr', 31.4389, 'muon'), ...rivals])],
  ]);
  const [first] = verdictsTable(judged(claims, tables), tables).rows;
  t.is(first.verdict, 'does not hold here');
  t.regex(first.evidence, /O-INR 31\.44, SIREN 32\.00/);
  t.is(first.sources, 'tables/images.tsv, lines 3 5 7 9');
});

test('series: steps in order, and two recipes of a method are told apart', (t) => {
  const table = tableWith('noise', [
    { method: 'oinr', recipe: 'paper', octaves: 10, step: 150, value: 2 },
    { method: 'oinr', recipe: 'paper', octaves: 10, step: 50, value: 1 },
    { method: 'oinr', recipe: 'muon', octaves: 10, step: 50, value: 3 },
    { method: 'mean-colour', value: 4 },
  ]);
  const series = seriesOf(table);
  t.deepEqual(
    series.map(({ name, rows, isFit }) => [name, rows, isFit]),
    [
      ['oinr, paper', [1, 0], true],
      ['oinr, muon', [2], true],
      ['mean-colour', [3], false],
    ],
  );
});
