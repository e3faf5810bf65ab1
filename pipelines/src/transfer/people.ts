import type { Subject } from '@oinr/cohort';
import { stream } from '@oinr/random';

/** So many people, drawn from the groups in turn, in the order of the cohort; all where they are no more. */
export function drawPeople(
  subjects: readonly Subject[],
  count: number | undefined,
  seed: number,
): readonly Subject[] {
  if (count === undefined || count >= subjects.length) return subjects;
  const random = stream(seed, 'transfer', 'people');
  const groups = [...Map.groupBy(subjects, ({ group }) => group).values()].map((members) =>
    random.shuffle([...members]),
  );
  const drawn = new Set<Subject>();
  for (let turn = 0; drawn.size < count; turn++) {
    const next = groups[turn % groups.length].pop();
    if (next !== undefined) drawn.add(next);
  }
  return subjects.filter((subject) => drawn.has(subject));
}
