import type { Sources, TensorValues } from '@oinr/graph';
import { sizeOf, valuesOf } from '@oinr/graph';

/** A batch that may be taken in parts: the samples in it, and the program for fewer of them. */
export interface Division<Program> {
  readonly batch: number;
  /** The program for this many samples. They are the first axis of all its inputs. */
  readonly program: (samples: number) => Program;
}

/** The next larger number of equal parts of a batch; undefined where parts have one sample already. */
export function nextParts(batch: number, parts: number): number | undefined {
  for (let next = parts + 1; next <= batch; next++) if (batch % next === 0) return next;
  return undefined;
}

/** The share of the feeds that belongs to one part: the `index`-th, counted through all parts of all steps. */
export function feedsOfPart({ inputs }: Sources, feeds: TensorValues, index: number): TensorValues {
  return Object.fromEntries(
    inputs.map((input) => {
      const size = sizeOf(input.shape);
      const given = feeds[input.attributes.name];
      const part = given?.subarray(index * size, (index + 1) * size);
      const name = input.attributes.name;
      return [name, part ?? valuesOf(input, feeds)];
    }),
  );
}
