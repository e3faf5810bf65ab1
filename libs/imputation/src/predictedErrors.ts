/**
 * Errors that were predicted without truth, by name of method: the gaps between slices are simulated inside kept slices
 * that no training saw, where lines were dropped that are known. In-plane lines stand in for lines across slices.
 */
export interface PredictedErrors {
  /** Mean squared errors over pixels of the head, in units of `scale` squared. NaN where no pixel was tested. */
  readonly mse: Readonly<Record<string, number>>;
  /**
   * What intensities were divided by for the test, in the units that the method was given. Absent where the errors can
   * be compared with each other only.
   */
  readonly scale?: number;
}

/** The test that all predictions have in common, so that they can be brought to one scale. */
export const yardstick = 'pchip';

/**
 * All predictions on the scale of the first. Tests drop lines of different slices, but PCHIP is in all of them: an error
 * of another test is its ratio to PCHIP there, times PCHIP's error in the first. Where two tests name a method, the
 * first counts. Undefined where nothing was predicted.
 */
export function onOneScale(predictions: readonly PredictedErrors[]): PredictedErrors | undefined {
  const [first, ...others] = predictions;
  if (!first) return undefined;
  const mse: Record<string, number> = { ...first.mse };
  for (const other of others)
    for (const [name, error] of Object.entries(other.mse))
      if (!(name in mse)) mse[name] = (error / other.mse[yardstick]) * first.mse[yardstick];
  return { ...first, mse };
}

/** The method with the smallest predicted error; of equal ones the first. Undefined where nothing was predicted. */
export function bestPredicted({ mse }: PredictedErrors): string | undefined {
  let best: string | undefined;
  for (const [name, error] of Object.entries(mse))
    if (error < (best === undefined ? Number.POSITIVE_INFINITY : mse[best])) best = name;
  return best;
}

/** Predicted mean squared errors by method, in the intensities that the method was given; without a scale none. */
export function errorsInIntensities({ mse, scale }: PredictedErrors): Record<string, number> {
  if (scale === undefined) return {};
  const errors = Object.entries(mse).map(([name, error]) => [name, error * scale ** 2] as const);
  return Object.fromEntries(errors.filter(([, error]) => Number.isFinite(error)));
}

// How predictions are written among the details of a sidecar, and read back.
const scaleKey = 'heldOutScale';
const errorKey = 'heldOutMse.';

type Details = Readonly<Record<string, number | string>>;

/** What a sidecar tells of an imputation under `Details`: its details and, in the same flat record, what was predicted. */
export function writtenDetails({
  details,
  predicted,
}: {
  readonly details: Details;
  readonly predicted?: PredictedErrors;
}): Details {
  if (!predicted) return details;
  const { mse, scale } = predicted;
  const errors = Object.entries(mse).map(([name, error]) => [`${errorKey}${name}`, error] as const);
  return { ...details, ...(scale !== undefined && { [scaleKey]: scale }), ...Object.fromEntries(errors) };
}

/** The predictions in the `Details` of a sidecar that `writtenDetails` made; undefined where there are none. */
export function readPredicted(details: unknown): PredictedErrors | undefined {
  if (typeof details !== 'object' || details === null) return undefined;
  const entries = Object.entries(details);
  const errors = entries.filter(([key, value]) => key.startsWith(errorKey) && typeof value === 'number');
  if (errors.length === 0) return undefined;
  const scale = entries.find(([key]) => key === scaleKey)?.[1];
  return {
    mse: Object.fromEntries(errors.map(([key, value]) => [key.slice(errorKey.length), value])),
    ...(typeof scale === 'number' && { scale }),
  };
}
