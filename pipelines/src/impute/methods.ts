import { interpolationMethods, methods } from '@oinr/imputation';

/** All methods that exist, in the order of tables. */
export const methodNames: readonly string[] = [...methods.keys()];

/** The interpolations, against which every other method is held. */
export const classicalNames: readonly string[] = interpolationMethods.map(({ name }) => name);

/** The paper's own settings of O-INR take a GPU: they run where they are asked for. */
const onlyWhenNamed: readonly string[] = ['oinr-paper'];

/** What is done unless --method says otherwise. */
export const defaultMethods: readonly string[] = methodNames.filter((name) => !onlyWhenNamed.includes(name));

/** Whether a method depends on the seed and the engine. */
export function isTrained(name: string): boolean {
  return !classicalNames.includes(name);
}

/** Methods that use an operator learned across people. */
export function usesOperator(name: string): boolean {
  return name === 'oinr-prior' || name === 'oinr-prior-internal' || name === 'auto';
}

/** Methods that start from a network fitted once for the cohort; see warmStart. */
export function hasWarmStart(name: string): boolean {
  return name === 'oinr';
}
