import { type ImputationMethod, interpolationMethods } from '@oinr/imputation';
import { RunError } from '@oinr/run';

/** All methods that exist, in the order of tables. */
export const methods: readonly ImputationMethod[] = [...interpolationMethods];

export const methodNames: readonly string[] = methods.map(({ name }) => name);

/** The interpolations, against which every other method is held. */
export const classicalNames: readonly string[] = interpolationMethods.map(({ name }) => name);

export function methodNamed(name: string): ImputationMethod {
  const method = methods.find((candidate) => candidate.name === name);
  if (method === undefined) {
    throw new RunError(`There is no method ${JSON.stringify(name)}; choose among ${methodNames.join(', ')}.`);
  }
  return method;
}

/** Whether a method depends on the seed and the engine. */
export function isTrained(name: string): boolean {
  return !classicalNames.includes(name);
}
