/** Test values from a seed (mulberry32): small, and the same everywhere. */
export function randomValues(
  seed: number,
): (size: number, range?: readonly [number, number]) => Float32Array {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t ^= t + Math.imul(t ^ (t >>> 7), 61 | t);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  return (size, [low, high] = [-2, 2]) =>
    Float32Array.from({ length: size }, () => low + (high - low) * next());
}

/** A new seed on every run; OINR_TEST_SEED repeats one. */
export function testSeed(): number {
  const given = process.env.OINR_TEST_SEED;
  return given ? Number(given) : Math.floor(Math.random() * 1e9);
}
