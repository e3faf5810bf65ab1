/**
 * Learning rates of steps first .. first + steps - 1 out of `total`, falling from `start` to `end` along half a
 * cosine (Loshchilov and Hutter 2017, without restarts), as the `learningRate` feed of Trainer.run: shape (steps).
 */
export function cosineDecay(
  start: number,
  end: number,
  first: number,
  steps: number,
  total: number,
): Float32Array {
  return Float32Array.from({ length: steps }, (_, i) => {
    const progress = Math.min(1, (first + i) / total);
    return end + ((start - end) * (1 + Math.cos(Math.PI * progress))) / 2;
  });
}

/** The same rate at every step, shape (steps). */
export function constantRate(rate: number, steps: number): Float32Array {
  return new Float32Array(steps).fill(rate);
}

/**
 * Learning rates of steps first .. first + steps - 1 out of `total`: constant over the first half, then linear to zero,
 * which the step after the last would have. Shape (steps).
 */
export function linearDecay(rate: number, first: number, steps: number, total: number): Float32Array {
  return Float32Array.from(
    { length: steps },
    (_, i) => rate * Math.min(1, Math.max(0, 2 - (2 * (first + i)) / total)),
  );
}
