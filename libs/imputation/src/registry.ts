import { auto } from './auto.ts';
import { oinrInternal } from './internal/method.ts';
import { interpolationMethods } from './interpolation.ts';
import type { ImputationMethod } from './method.ts';
import { oinr } from './oinr/oinr.ts';
import { paperPreset } from './oinr/presets.ts';
import { oinrPrior } from './prior/oinrPrior.ts';
import { oinrPriorInternal } from './prior/oinrPriorInternal.ts';
import { reproducingThickSlices } from './thickSlices.ts';

/**
 * Every method by its name, in the order of tables. What is registered here is offered by the pipeline. All of them
 * reproduce thick slices the same way.
 */
export const methods: ReadonlyMap<string, ImputationMethod> = new Map(
  [
    ...interpolationMethods,
    oinr(),
    oinr(paperPreset, 'oinr-paper'),
    oinrInternal(),
    oinrPrior(),
    oinrPriorInternal(),
    auto(),
  ].map((method) => [method.name, reproducingThickSlices(method)] as const),
);

/** The method of this name. Throws a RangeError that lists all names. */
export function findMethod(name: string): ImputationMethod {
  const method = methods.get(name);
  if (!method)
    throw new RangeError(`There is no method "${name}"; choose among ${[...methods.keys()].join(', ')}.`);
  return method;
}
