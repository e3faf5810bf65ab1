import { stream } from '@oinr/random';
import { compareNaturally } from '../folders.ts';
import type { Subject } from '../subject.ts';
import type { InsertedGroup, InsertedOptions } from './options.ts';

/**
 * Who gets the loss: half of all, drawn by seed; where it is balanced, half of each group of the base as well, to one
 * person each. The order in which people are listed does not matter.
 */
export function drawHalves(
  people: readonly Pick<Subject, 'id' | 'group'>[],
  { seed, isBalanced }: Pick<InsertedOptions, 'seed' | 'isBalanced'>,
): Map<string, InsertedGroup> {
  const parts = Map.groupBy(people, ({ group }) => (isBalanced ? group : ''));
  const inOrder = [...parts.keys()].sort(compareNaturally).flatMap((part) => {
    const ids = (parts.get(part) ?? []).map(({ id }) => id).sort(compareNaturally);
    return stream(seed, 'inserted', 'halves', part).shuffle(ids);
  });
  // By turns through all parts: neither the whole nor a part is off by more than one.
  const first = stream(seed, 'inserted', 'first').integer(2);
  return new Map(inOrder.map((id, index) => [id, (index + first) % 2 === 0 ? 'loss' : 'intact']));
}
