import type { ImputationMethod } from './method.ts';
import { shippedPriorModel } from './methods/prior/priorFiles.ts';
import { allMethods, methodNamed } from './registry.ts';

/** Every method by its name, in the order of tables; those that need an operator have the one that comes with this package. */
export const methods = allMethods({ shipped: shippedPriorModel });

/** The method of this name. Throws an InputError that lists all names. */
export function findMethod(name: string): ImputationMethod {
  return methodNamed(methods, name);
}
