import { inflateSync } from 'node:zlib';
import type { Volume } from '@oinr/volume';
import { Resvg } from '@resvg/resvg-js';
import test from 'ava';
import { methodStyle, statisticColor } from '../src/colors.ts';
import { cut, cutIndices, planeName } from '../src/cut.ts';
import { binPairs } from '../src/densityPlot.ts';
import { encodePng, paint } from '../src/image.ts';
import {
  coverageCurves,
  cutPicture,
  densityPlot,
  errorCurves,
  fitCurves,
  imagePanels,
  nullHistogram,
  type PowerCurve,
  powerCurves,
  predictionPlot,
  projections,
  renderPng,
  sliceBrightness,
  sliceComparison,
  statisticOverlay,
  tableFigure,
  transferCurves,
  worthIntervals,
} from '../src/index.ts';

const shape = [12, 14, 10] as const;
const affine = [2, 0, 0, -12, 0, 2, 0, -14, 0, 0, 3, -15, 0, 0, 0, 1];

function volumeOf(value: (i: number, j: number, k: number) => number): Volume {
  const data = new Float32Array(shape[0] * shape[1] * shape[2]);
  for (let k = 0; k < shape[2]; k += 1)
    for (let j = 0; j < shape[1]; j += 1)
      for (let i = 0; i < shape[0]; i += 1) data[i + shape[0] * (j + shape[1] * k)] = value(i, j, k);
  return { grid: { shape, affine }, data };
}

const text = { title: 'A <title> & "more"', description: "An 'effect' <script>alert(1)</script>" };
const transferPoints = ['linear', '<b>'].flatMap((method) =>
  [66, 82].flatMap((missingPercent) =>
    [6, 14].flatMap((size) =>
      [0, 3].map((distance) => ({
        ...{ method, missingPercent, size, distance },
        ...{ transfer: 1.2 - 0.1 * distance, deviation: 0.05 },
      })),
    ),
  ),
);

const head = volumeOf(() => 0.5);

const overlay = (maps: readonly { name: string; volume: Volume }[]): string =>
  statisticOverlay({
    ...text,
    template: head,
    templateWhite: 1,
    maps,
    point: [0, 0, 0],
    threshold: 3,
    highest: 6,
    positive: 'CN > AD',
    negative: 'CN < AD',
  });

const rows = ['linear', 'oinr-internal', 'something new'].flatMap((method, index) =>
  [50, 66, 82].map((missingPercent) => ({
    method,
    missingPercent,
    mse: 1e-4 * missingPercent * (3 - index),
  })),
);

/** A curve whose sensitivity is the size in percent, with a wide interval where the groups are large. */
const powerCurve = (method: string, scans: PowerCurve['scans'], isKnown = true): PowerCurve => ({
  method,
  scans,
  points: [10, 20, 40].map((size) => ({
    size,
    sensitivity: isKnown ? ([size / 100, size / 200, size / 50] as const) : undefined,
    oneMinusPrecision: size === 10 ? undefined : ([0.02, 0.01, 0.03] as const),
  })),
});

const fits = ['coffee', '<b>'].map((name) => ({
  name,
  fits: ['oinr', 'siren'].map((method, n) => ({
    method,
    points: [10, 20].map((step) => ({ step, seconds: step / (n + 1), value: step + n })),
  })),
  baselines: [{ method: 'bicubic', value: 15 }],
}));
const pixel = encodePng(paint(4, 2, () => [255, 0, 0]));

const drawings: Readonly<Record<string, () => string>> = {
  'statistic overlay': () => overlay([{ name: 'full', volume: volumeOf((i) => (i > 8 ? 5 : Number.NaN)) }]),
  projections: () =>
    projections({
      ...text,
      ...{ template: head, outside: 0.1, threshold: 3, highest: 6, positive: '<b>', negative: 'CN < AD' },
      maps: [
        {
          name: '<b>',
          volume: volumeOf((i, j, k) => (i === 9 && j === 3 && k === 4 ? -5 : Number.NaN)),
          marks: [{ text: '<b>', position: [6, -8, -3] }],
        },
      ],
    }),
  'slice comparison': () =>
    sliceComparison({
      ...text,
      full: head,
      imputed: [{ name: 'linear', volume: volumeOf((i) => i / 20) }],
      axis: 'coronal',
      kept: [0, 3, 6, 9, 12],
      slice: 7,
      window: [0, 1],
      errorRange: 0.2,
      unit: 'of 1',
    }),
  'error curves': () => errorCurves({ ...text, rows, measure: 'missing slices' }),
  density: () =>
    densityPlot({
      ...text,
      limit: 6,
      panels: [
        {
          name: 'linear',
          full: [1, 2, -3],
          imputed: [1, 1.5, -2],
          slope: 0.7,
          intercept: 0.1,
          note: 'slope 0.70',
        },
      ],
    }),
  'null histogram': () =>
    nullHistogram({
      ...text,
      alpha: 0.05,
      panels: [{ name: 'full', maxima: [Number.POSITIVE_INFINITY, 3, 4, 4.5, 3.2], critical: 4.5 }],
    }),
  'power curves': () =>
    powerCurves({
      ...text,
      toFind: '<b>',
      panels: [
        {
          name: '66 %',
          curves: [powerCurve('full', 'full'), powerCurve('<b>', 'imputed'), powerCurve('<b>', 'mixed')],
        },
      ],
    }),
  cut: () =>
    cutPicture({
      ...text,
      ...{ volume: head, axis: 'sagittal', index: 6, white: 1, note: '<b>note' },
      marked: { axis: 'coronal', slices: [0, 4, 8] },
      name: { text: '<b>', side: 'right' },
    }),
  brightness: () => sliceBrightness({ ...text, factors: [1, 1.08, 0.97] }),
  worth: () =>
    worthIntervals({
      ...text,
      rows: [
        { method: 'linear', missingPercent: 66, worth: 0.9, interval: [0.8, 1.1] },
        { method: '<b>', missingPercent: undefined, worth: -0.2, interval: undefined },
      ],
    }),
  transfer: () => transferCurves({ ...text, points: transferPoints }),
  'predicted errors': () =>
    predictionPlot({
      ...text,
      measure: 'missing',
      rows: rows.map((row) => ({ ...row, predicted: row.mse * 1.1, actual: row.mse })),
    }),
  'fit curves': () => fitCurves({ ...text, measure: 'PSNR, dB', clock: 'CPU seconds', panels: fits }),
  'image panels': () =>
    imagePanels({
      ...text,
      rows: [
        {
          name: '<b>',
          panels: Array.from({ length: 8 }, (_, n) => ({ name: `<b> ${n}`, note: '&', png: pixel })),
        },
      ],
    }),
  table: () =>
    tableFigure({
      ...text,
      columns: [{ name: 'a' }, { name: '<b>' }],
      rows: [['1', '&2']],
      notes: ['a note'],
    }),
};

for (const [name, draw] of Object.entries(drawings)) {
  test(`${name}: the same bytes twice, and text never becomes markup`, (t) => {
    const svg = draw();
    t.is(svg, draw());
    t.deepEqual(renderPng(svg, 1), renderPng(svg, 1));
    t.false(/<script|<b>/.test(svg));
    t.true(svg.includes('A &lt;title&gt; &amp; &quot;more&quot;'));
    t.false(/NaN|undefined|currentColor/.test(svg));
    // Nothing points outside the file: images are data, and only the namespace looks like an address.
    t.deepEqual(
      [...svg.matchAll(/https?:[^"]*/g)]
        .map(([url]) => url)
        .filter((url) => !url.startsWith('http://www.w3.org/')),
      [],
    );
  });
}

test('marks of acquired slices stand along the edge that their axis runs along, front on the right, top above', (t) => {
  const marks = (axis: 'sagittal' | 'coronal', along: 'coronal' | 'axial', slices: number[]) =>
    [
      ...cutPicture({
        ...text,
        ...{ volume: head, axis, index: 6, white: 1, note: '' },
        marked: { axis: along, slices },
        name: { text: '', side: 'left' },
      }).matchAll(/<line x1="([\d.]+)" y1="([\d.]+)" x2="([\d.]+)" y2="([\d.]+)"/g),
    ].map(([, ...numbers]) => numbers.map(Number));
  // Coronal slices on a sagittal cut: upright ticks above and below, more to the right the farther to the front.
  const [first, , second] = marks('sagittal', 'coronal', [2, 9]);
  t.is(first[0], first[2]);
  t.true(second[0] > first[0]);
  // Axial slices on a coronal cut: level ticks on both sides, higher up the higher the slice.
  const [low, lowRight, high] = marks('coronal', 'axial', [1, 8]);
  t.is(low[1], low[3]);
  t.true(lowRight[0] > low[0] && high[1] < low[1]);
});

test('a cut shows right on the right, front on the right of sagittal cuts, and the top above', (t) => {
  const corner = volumeOf((i, j, k) => (i === 11 && j === 13 && k === 9 ? 1 : 0));
  const coronal = cut(corner, 'coronal', 13);
  t.deepEqual([coronal.columns, coronal.rows], [12, 10]);
  t.is(coronal.values.indexOf(1), 11);
  t.is(cut(corner, 'sagittal', 11).values.indexOf(1), 13);
  t.is(cut(corner, 'axial', 9).values.indexOf(1), 11);
  t.deepEqual([coronal.columnSize, coronal.rowSize, coronal.position], [2, 3, 12]);
  t.is(planeName(cut(corner, 'axial', 0)), 'z = \u221215 mm');
  t.throws(() => cut(corner, 'axial', 10), { message: /choose 0 to 9/ });
});

test('a point in mm finds its slices, and stays inside the volume', (t) => {
  t.deepEqual(cutIndices(head, [0, 2, -6]), [6, 8, 3]);
  t.deepEqual(cutIndices(head, [999, -999, 0]), [11, 0, 5]);
});

test('an effect on the right of the subject is drawn warm in the right half, its reverse cold in the left', (t) => {
  const map = volumeOf((i) => (i >= 9 ? 5 : i <= 2 ? -5 : 0.1));
  const drawn = new Resvg(overlay([{ name: 'full', volume: map }]), {
    font: { loadSystemFonts: false },
  }).render();
  const { width, height, pixels } = drawn;
  let warm = 0;
  let cold = 0;
  let warmCount = 0;
  let coldCount = 0;
  // The first row of panels is the coronal cut; the colour bar stands right of the panels.
  for (let y = 50; y < Math.min(height, 140); y += 1) {
    for (let x = 92; x < Math.min(width, 252); x += 1) {
      const at = 4 * (y * width + x);
      if (pixels[at] > pixels[at + 2] + 60) {
        warm += x;
        warmCount += 1;
      } else if (pixels[at + 2] > pixels[at] + 60) {
        cold += x;
        coldCount += 1;
      }
    }
  }
  t.true(warmCount > 100 && coldCount > 100, `${warmCount} warm and ${coldCount} cold pixels`);
  t.true(warm / warmCount > cold / coldCount + 20);
});

test('maps of another grid are refused', (t) => {
  const other: Volume = {
    grid: { shape, affine: [...affine.slice(0, 3), 7, ...affine.slice(4)] },
    data: head.data,
  };
  t.throws(() => overlay([{ name: 'linear 50 %', volume: other }]), {
    message: /linear 50 % lies on another grid/,
  });
});

test('a PNG holds exactly the pixels painted', (t) => {
  const image = paint(3, 2, (x, y) => [x * 80, y * 200, 7]);
  const png = encodePng(image);
  const length = png.readUInt32BE(33);
  const raw = inflateSync(png.subarray(41, 41 + length));
  t.deepEqual([...raw], [0, 0, 0, 7, 80, 0, 7, 160, 0, 7, 0, 0, 200, 7, 80, 200, 7, 160, 200, 7]);
});

test('pairs of T are counted in their cell; beyond the limit in the last one; NaN in none', (t) => {
  const counts = binPairs([0.01, 100, Number.NaN, -100], [0.01, 100, 1, -100], 8);
  t.is(counts[32 * 64 + 32], 1);
  t.is(counts[63 * 64 + 63], 1);
  t.is(counts[0], 1);
  t.is(
    counts.reduce((sum, count) => sum + count, 0),
    3,
  );
});

test('lightness of the statistic grows with its size on both sides', (t) => {
  const lightness = ([red, green, blue]: readonly number[]): number =>
    0.2126 * red + 0.7152 * green + 0.0722 * blue;
  for (const sign of [-1, 1]) {
    for (let step = 1; step <= 20; step += 1) {
      t.true(
        lightness(statisticColor((sign * step) / 20)) >=
          lightness(statisticColor((sign * (step - 0.99)) / 20)),
        `${sign * step}`,
      );
    }
  }
});

test('a method keeps its colour whatever others are drawn with it', (t) => {
  const colors = { pchip: '#009e73' };
  const alone = methodStyle('pchip', ['pchip'], colors);
  t.deepEqual(alone, { color: '#009e73', symbol: 'triangle' });
  t.deepEqual(methodStyle('pchip', ['linear', 'oinr', 'pchip'], colors), alone);
  // Without one of its own it has that of its place.
  t.notDeepEqual(methodStyle('mine', ['mine']), methodStyle('mine', ['pchip', 'mine']));
});

test('a power curve rises to the right, its mixed half is dashed, and a panel is drawn per percentage', (t) => {
  const curves = [powerCurve('full', 'full'), powerCurve('linear', 'imputed'), powerCurve('linear', 'mixed')];
  const svg = powerCurves({ ...text, toFind: 'true effect', panels: [{ name: '66 %', curves }] });
  const paths = [...svg.matchAll(/<path d="M([^"]*)"/g)].map(([, path]) =>
    path.split('L').map((pair) => pair.split(',').map(Number)),
  );
  const long = paths.filter((path) => path.length === 3);
  t.is(long.length, 3);
  for (const [first, , last] of long) t.true(last[0] > first[0] && last[1] < first[1]);
  // The curve itself and its entry of the legend; 1 - precision below is dashed too.
  t.is(svg.split('stroke-dasharray').length - 1, 3);
  t.regex(svg, />full scans<.*>linear<.*>half full, half linear</);
  // 80 % is the upper end of the largest interval, so the axis ends there.
  t.regex(svg, />80 %</);
  t.notRegex(svg, />100 %</);
  const both = powerCurves({
    ...text,
    toFind: 'true effect',
    panels: ['66 %', '83 %'].map((name) => ({ name, curves })),
  });
  t.is(both.split('people per group').length - 1, 2);
});

test('what comes through falls with the distance, in a panel for each size and share of missing slices', (t) => {
  const svg = transferCurves({ ...text, points: transferPoints });
  const paths = [...svg.matchAll(/<path d="M([^"]*)"/g)]
    .map(([, path]) => path.split('L').map((pair) => pair.split(',').map(Number)))
    .filter((path) => path.length === 2 && path[0][0] !== path[1][0] && path[0][1] !== path[1][1]);
  // Two methods in each of two sizes by two shares.
  t.is(paths.length, 2 * 2 * 2);
  for (const [near, far] of paths) t.true(far[0] > near[0] && far[1] > near[1]);
  t.is([...svg.matchAll(/>mm to the nearest kept slice</g)].length, 2);
  t.regex(svg, />66 % of slices missing<.*>82 % of slices missing</s);
  t.regex(svg, />6 mm<.*>14 mm</s);
});

test('the line of one stands in the figure of worth whatever the values are', (t) => {
  const svg = worthIntervals({
    ...text,
    rows: [{ method: 'linear', missingPercent: 66, worth: 0.2, interval: [0.1, 0.3] }],
  });
  t.regex(svg, /stroke-dasharray="4 3"/);
  t.regex(svg, />linear, 66 % missing</);
  t.regex(svg, />1\.0</);
});

test('a fit rises against both its steps and its seconds; a baseline is a dashed line in both', (t) => {
  const svg = fitCurves({ ...text, measure: 'PSNR, dB', clock: 'CPU seconds', panels: fits.slice(0, 1) });
  // Two panels, and the legend.
  t.is([...svg.matchAll(/stroke-dasharray="6[ ,]4"/g)].length, 3);
  t.is([...svg.matchAll(/>CPU seconds</g)].length, 1);
});

test('pictures keep their shape and are wrapped after six', (t) => {
  const svg = imagePanels({
    ...text,
    rows: [{ name: 'a', panels: Array.from({ length: 8 }, () => ({ name: 'b', png: pixel })) }],
  });
  const boxes = [...svg.matchAll(/<image x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)"/g)].map(
    (match) => match.slice(1).map(Number),
  );
  t.is(boxes.length, 8);
  t.true(boxes.every(([, , width, height]) => width === 2 * height));
  t.is(boxes[6][0], boxes[0][0]);
  t.true(boxes[6][1] > boxes[5][1]);
  t.throws(() => imagePanels({ ...text, rows: [] }), { message: /no picture/ });
  t.throws(
    () => imagePanels({ ...text, rows: [{ name: 'a', panels: [{ name: 'b', png: new Uint8Array(30) }] }] }),
    {
      message: /no PNG/,
    },
  );
});

test('figures without data say which stage to run', (t) => {
  t.throws(() => errorCurves({ ...text, rows: [], measure: '' }), { message: /impute stage/ });
  t.throws(() => nullHistogram({ ...text, alpha: 0.05, panels: [] }), { message: /compare stage/ });
  const unknown = [{ name: '66 %', curves: [powerCurve('full', 'full', false)] }];
  t.throws(() => powerCurves({ ...text, toFind: 'effect', panels: unknown }), { message: /--power N/ });
  t.throws(() => worthIntervals({ ...text, rows: [] }), { message: /compare/ });
  t.throws(() => predictionPlot({ ...text, rows: [], measure: '' }), { message: /auto/ });
  t.throws(() => transferCurves({ ...text, points: [] }), { message: /stage transfer/ });
});

test('a projection has the largest |T| of every line with its sign, and its mark lies on it, right where the subject\u2019s right is', (t) => {
  // A weak positive T in front of a strong negative one, at the right, in the back, above the middle.
  const volume = volumeOf((i, j, k) => {
    if (i !== 9 || k !== 6) return Number.NaN;
    return j === 2 ? -6 : j === 11 ? 4 : 0;
  });
  const svg = projections({
    ...text,
    ...{ template: head, outside: 0.1, threshold: 3, highest: 6, positive: 'CN > AD', negative: 'CN < AD' },
    maps: [{ name: 'full', volume, marks: [{ text: '1', position: [6, -10, 3] }] }],
  });
  const pictures = [
    ...svg.matchAll(/<image x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)"/g),
  ].map((found) => found.slice(1).map(Number));
  const marks = [...svg.matchAll(/<text x="([\d.]+)" y="([\d.]+)"[^>]*>1<\/text>/g)].map((found) => [
    Number(found[1]),
    Number(found[2]) - 4,
  ]);
  const screen = new Resvg(svg).render();
  const colorAt = ([x, y]: readonly number[]): number[] => {
    const at = 4 * (Math.round(y) * screen.width + Math.round(x));
    return [...screen.pixels.subarray(at, at + 3)];
  };
  t.is(marks.length, 3);
  const [sagittal, coronal, axial] = marks.map(([x, y], place) => {
    const [left, top, width, height] = pictures[place];
    return [(x - left) / width, (y - top) / height];
  });
  // Voxel centres: i 9.5 of 12, j 2.5 of 14, k 6.5 of 10; rows run from above.
  for (const [found, expected] of [
    [sagittal, [2.5 / 14, 3.5 / 10]],
    [coronal, [9.5 / 12, 3.5 / 10]],
    [axial, [9.5 / 12, 11.5 / 14]],
  ] as const)
    for (const axis of [0, 1]) t.true(Math.abs(found[axis] - expected[axis]) < 0.01, `${found} ${expected}`);
  // Beside the mark, inside its voxel.
  for (const [x, y] of marks.slice(1)) {
    const [red, , blue] = colorAt([x - 5, y - 5]);
    t.true(blue > red + 40, `blue at ${x}, ${y}`);
  }
});

test('coverage: a dot for every tenth, in the band where it counts as held and outside where not', (t) => {
  const tenths = [50, 60, 64, 66, 68, 70, 72, 74, 76, 90];
  const panel = {
    name: 'within s68, %',
    wanted: 68,
    from: 60,
    to: 76,
    measured: [{ method: 'linear', tenths }],
  };
  const svg = coverageCurves([panel], text);
  const dots = [...svg.matchAll(/<circle r="3" cy="([\d.]+)"/g)].map(([, y]) => Number(y));
  const [, size, top] =
    /aria-label="rect"><rect height="([\d.]+)" width="[\d.]+" y="([\d.]+)"/.exec(svg) ?? [];
  const bottom = Number(top) + Number(size);
  const isHeld = dots.map((y) => y >= Number(top) - 0.01 && y <= bottom + 0.01);
  t.deepEqual(
    isHeld,
    tenths.map((value) => value >= 60 && value <= 76),
  );
  t.throws(() => coverageCurves([], text), { message: /no coverage to draw; name a method/ });
});
