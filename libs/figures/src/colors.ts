export type Rgb = readonly [number, number, number];

/**
 * Colours with their symbols: Okabe and Ito (2008), distinguishable with every common colour vision; yellow is left out,
 * grey and brown added. Only blue and brown share a symbol.
 */
const palette = [
  ['#0072b2', 'circle'],
  ['#d55e00', 'square'],
  ['#009e73', 'triangle'],
  ['#cc79a7', 'diamond'],
  ['#56b4e9', 'star'],
  ['#e69f00', 'cross'],
  ['#000000', 'wye'],
  ['#7f7f7f', 'hexagon'],
  ['#8c510a', 'circle'],
] as const;

export type MethodSymbol = (typeof palette)[number][1];

/** Colours of methods by name, as `#0072b2`: those of their records, so that each keeps its own from run to run. */
export type MethodColors = Readonly<Record<string, string | undefined>>;

/** The colour of a method (hex) and its symbol: its own colour, or else one by its place in `all`. */
export function methodStyle(
  method: string,
  all: readonly string[],
  colors: MethodColors = {},
): { color: string; symbol: MethodSymbol } {
  const place = Math.max(0, all.indexOf(method)) % palette.length;
  const own = colors[method] ?? palette[place][0];
  const [, symbol] = palette.find(([color]) => color === own) ?? palette[place];
  return { color: own, symbol };
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
