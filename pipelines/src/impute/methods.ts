import {
  auto,
  type ImputationMethod,
  interpolationMethods,
  oinr,
  oinrInternal,
  oinrPresets,
} from '@oinr/imputation';
import { RunError } from '@oinr/run';

/** The settings of `oinr` by name: what one core can do, and the paper's, which are a GPU's work. */
export type PresetName = keyof typeof oinrPresets;
export const presetNames = Object.keys(oinrPresets) as readonly PresetName[];

/** The interpolations, against which every other method is held. */
export const classicalNames: readonly string[] = interpolationMethods.map(({ name }) => name);

function allMethods(preset: PresetName): readonly ImputationMethod[] {
  return [...interpolationMethods, oinr(oinrPresets[preset]), oinrInternal(), auto()];
}

/** All methods that exist, in the order of tables. */
export const methodNames: readonly string[] = allMethods('compact').map(({ name }) => name);

/** The method of a name; `preset` chooses the settings of `oinr`. */
export function methodNamed(name: string, preset: PresetName): ImputationMethod {
  const method = allMethods(preset).find((candidate) => candidate.name === name);
  if (method === undefined) {
    throw new RunError(`There is no method ${JSON.stringify(name)}; choose among ${methodNames.join(', ')}.`);
  }
  return method;
}

/** Whether a method depends on the seed and the engine. */
export function isTrained(name: string): boolean {
  return !classicalNames.includes(name);
}

/** Methods that start from a network fitted once for the cohort; see warmStart. */
export function hasWarmStart(name: string): boolean {
  return name === 'oinr';
}
