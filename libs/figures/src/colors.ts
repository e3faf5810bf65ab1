export type Rgb = readonly [number, number, number];

/** Colours of methods: Okabe and Ito (2008), distinguishable with every common colour vision; yellow is left out, grey and brown added. */
const methodColors = [
  '#0072b2',
  '#d55e00',
  '#009e73',
  '#cc79a7',
  '#56b4e9',
  '#e69f00',
  '#000000',
  '#7f7f7f',
  '#8c510a',
];
const methodSymbols = [
  'circle',
  'square',
  'triangle',
  'diamond',
  'star',
  'cross',
  'wye',
  'hexagon',
  'circle',
] as const;

export type MethodSymbol = (typeof methodSymbols)[number];

/** Fixed places of the known methods, so that a method keeps its colour from figure to figure and run to run. */
const places: Readonly<Record<string, number>> = {
  linear: 4,
  pchip: 0,
  cubic: 3,
  oinr: 1,
  'oinr-internal': 2,
  'oinr-prior': 5,
  nearest: 6,
  auto: 7,
  'oinr-prior-internal': 8,
};

/** The colour of a method (hex) and its symbol: only two of nine share one, in blue and brown. Unknown names go by their place in `all`. */
export function methodStyle(method: string, all: readonly string[]): { color: string; symbol: MethodSymbol } {
  const place = places[method] ?? Math.max(0, all.indexOf(method));
  const index = place % methodColors.length;
  return { color: methodColors[index] ?? '#000000', symbol: methodSymbols[index] ?? 'circle' };
}

function between(stops: readonly (readonly [number, Rgb])[], value: number): Rgb {
  let below = stops[0];
  for (const stop of stops) {
    if (stop[0] > value) {
      if (below === undefined) return stop[1];
      const low = below;
      const share = (value - low[0]) / (stop[0] - low[0]);
      const mix = (channel: 0 | 1 | 2): number =>
        Math.round(low[1][channel] * (1 - share) + stop[1][channel] * share);
      return [mix(0), mix(1), mix(2)];
    }
    below = stop;
  }
  return below?.[1] ?? [0, 0, 0];
}

/** Black to white, 0 to 1; values outside are clipped. */
export function grayLevel(value: number): Rgb {
  const level = Math.round(255 * Math.min(1, Math.max(0, value)));
  return [level, level, level];
}

const warm: readonly (readonly [number, Rgb])[] = [
  [0, [165, 15, 21]],
  [0.5, [245, 120, 20]],
  [1, [255, 245, 140]],
];
const cold: readonly (readonly [number, Rgb])[] = [
  [0, [10, 50, 160]],
  [0.5, [35, 140, 215]],
  [1, [175, 245, 255]],
];

/**
 * Colour of a statistic drawn over a grey brain: `value` in -1 .. 1; dark red to pale yellow above zero, dark to
 * pale blue below. Lightness grows with size on both sides, and red never meets green.
 */
export function statisticColor(value: number): Rgb {
  const size = Math.min(1, Math.abs(value));
  return between(value < 0 ? cold : warm, size);
}

const signed: readonly (readonly [number, Rgb])[] = [
  [-1, [5, 60, 140]],
  [-0.5, [80, 150, 205]],
  [0, [247, 247, 247]],
  [0.5, [230, 125, 75]],
  [1, [140, 15, 30]],
];

/** Colour of a signed error: `value` in -1 .. 1, blue through white to red. */
export function signedColor(value: number): Rgb {
  return between(signed, Math.min(1, Math.max(-1, value)));
}

const counts: readonly (readonly [number, Rgb])[] = [
  [0, [235, 240, 248]],
  [0.35, [125, 170, 215]],
  [0.7, [30, 90, 160]],
  [1, [8, 25, 75]],
];

/** Colour of a count: 0 .. 1, pale to dark blue. */
export function countColor(value: number): Rgb {
  return between(counts, Math.min(1, Math.max(0, value)));
}
