import { findMethod, type ImputationMethod, methods } from '@oinr/imputation';

// What the records of the methods say, as the stages ask for it.

const records: readonly ImputationMethod[] = [...methods.values()];
const namesOf = (chosen: readonly ImputationMethod[]): readonly string[] => chosen.map(({ name }) => name);

/** All methods that exist, in the order of tables. */
export const methodNames = namesOf(records);

/** The interpolations, against which every other method is held. */
export const classicalNames = namesOf(records.filter((method) => !method.isTrained));

/** What is done unless --method says otherwise. */
export const defaultMethods = namesOf(records.filter(({ onlyWhenNamed }) => onlyWhenNamed === undefined));

/** The others, each with its reason: `oinr-paper, the settings of the paper, ...`. */
export const onlyWhenNamed = records
  .flatMap((method) =>
    method.onlyWhenNamed === undefined ? [] : [`${method.name}, ${method.onlyWhenNamed}`],
  )
  .join('; ');

/** Whether a method depends on the seed and the engine. */
export function isTrained(name: string): boolean {
  return findMethod(name).isTrained;
}

/** Methods that use an operator learned across people. */
export function usesOperator(name: string): boolean {
  return findMethod(name).needs.includes('operator');
}

/** Methods that start from a network fitted once for the cohort; see warmStart. */
export function hasWarmStart(name: string): boolean {
  return findMethod(name).needs.includes('base');
}

/** What is done of the phantom at first: what a reader compares, without the variants that take most of the time. */
export const firstMethods: readonly string[] = [
  'linear',
  'pchip',
  'cubic',
  'oinr',
  'oinr-internal',
  'oinr-prior',
];

/** Their colours in figures. */
export const methodColors: Readonly<Record<string, string | undefined>> = Object.fromEntries(
  records.map(({ name, color }) => [name, color]),
);
