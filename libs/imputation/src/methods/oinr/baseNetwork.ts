import type { TensorValues } from '@oinr/graph';

/**
 * A network fitted once for a cohort, without group labels, from which every subject's fit starts. Plain data: it can
 * be written as JSON or sent to a worker process.
 */
export interface BaseNetwork {
  /** Method that it belongs to, such as `oinr`. */
  readonly method: string;
  /** Everything that must agree for the weights to fit, such as the layers' widths and the encoding. */
  readonly architecture: string;
  /** Training steps that it took. */
  readonly steps: number;
  /** Parameters by name, flat, row-major, as plain numbers. */
  readonly parameters: Readonly<Record<string, readonly number[]>>;
}

/** The base's parameters where it is one for this method and architecture, else undefined. */
export function baseParameters(
  base: BaseNetwork | undefined,
  method: string,
  architecture: string,
): TensorValues | undefined {
  if (base?.method !== method || base.architecture !== architecture) return undefined;
  return Object.fromEntries(
    Object.entries(base.parameters).map(([name, values]) => [name, Float32Array.from(values)]),
  );
}

/** Parameters as plain numbers, for `BaseNetwork.parameters`. */
export function plainParameters(parameters: TensorValues): BaseNetwork['parameters'] {
  return Object.fromEntries(Object.entries(parameters).map(([name, values]) => [name, [...values]]));
}
