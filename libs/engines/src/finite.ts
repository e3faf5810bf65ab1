/** A fit that left the finite numbers. `step` is the first such step, counted from 0. */
export class NotFiniteError extends Error {
  override readonly name = 'NotFiniteError';
  readonly step: number;

  constructor(step: number, value: number) {
    super(
      `The loss of step ${step} is ${value}: the fit has diverged. Go on from an earlier state with a smaller learning rate.`,
    );
    this.step = step;
  }
}

/** Throws NotFiniteError at the first loss that is NaN or infinite. `first`: the number of the first step. */
export function assertFinite(losses: Float32Array, first = 0): void {
  const index = losses.findIndex((loss) => !Number.isFinite(loss));
  if (index >= 0) throw new NotFiniteError(first + index, losses[index] ?? Number.NaN);
}
