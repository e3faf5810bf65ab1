import type { SimulateConfig } from './config.ts';
import { defaultMethods, firstMethods, methodNames } from './methods.ts';
import type { SimulatePlan } from './plan.ts';

/** People in each group of the phantom that a first look takes. */
const firstPerGroup = 3;

/**
 * What a simulation does where its configuration leaves it open. Of the phantom that comes with the program, which is
 * there to be looked at first, a few people and the methods that matter most, unless all was asked for; of everything
 * else all methods that run on any machine. Methods come in the order of tables.
 */
export function resolveWork(config: SimulateConfig): SimulatePlan['config'] {
  const isFirst = config.cohort === 'phantom' && !config.whole;
  const methods = config.method ?? (isFirst ? firstMethods : defaultMethods);
  return {
    ...config,
    method: methodNames.filter((name) => methods.includes(name)),
    phantomPerGroup: config.phantomPerGroup ?? (isFirst ? firstPerGroup : undefined),
  };
}

/** Whether a simulation is the first look that its defaults make of the phantom. */
export function isFirstLook({
  cohort,
  whole,
  phantomPerGroup,
  phantomVoxelSize,
  method,
}: SimulatePlan['config']): boolean {
  const isUsual = method.length === firstMethods.length && phantomPerGroup === firstPerGroup;
  return cohort === 'phantom' && !whole && phantomVoxelSize === undefined && isUsual;
}
