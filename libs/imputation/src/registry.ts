import { InputError } from '@oinr/errors';
import type { ImputationMethod } from './method.ts';
import { auto } from './methods/auto.ts';
import { oinrInternal } from './methods/internal/oinrInternal.ts';
import { interpolationMethods } from './methods/interpolation.ts';
import { oinr, oinrPaper } from './methods/oinr/oinr.ts';
import { oinrPrior, type PriorMethodOptions } from './methods/prior/oinrPrior.ts';
import { oinrPriorInternal } from './methods/prior/oinrPriorInternal.ts';
import { reproducingThickSlices } from './thickSlices.ts';

/** Every method that stands for itself, in the order of tables: a further one is a line here. */
const registered = (prior: PriorMethodOptions): readonly ImputationMethod[] => [
  ...interpolationMethods,
  oinr(),
  oinrPaper(),
  oinrInternal(),
  oinrPrior(prior),
  oinrPriorInternal(prior),
];

/**
 * Every method by its name, in the order of tables: those registered, and `auto`, which chooses among them. All of them
 * reproduce thick slices the same way. `prior` says where methods with an operator find it when their context has none.
 */
export function allMethods(prior: PriorMethodOptions = {}): ReadonlyMap<string, ImputationMethod> {
  const own = registered(prior);
  return new Map([...own, auto(own)].map((method) => [method.name, reproducingThickSlices(method)] as const));
}

/** The method of this name. Throws an InputError that lists all names. */
export function methodNamed(methods: ReadonlyMap<string, ImputationMethod>, name: string): ImputationMethod {
  const method = methods.get(name);
  if (!method)
    throw new InputError(`There is no method "${name}"; choose among ${[...methods.keys()].join(', ')}.`);
  return method;
}
