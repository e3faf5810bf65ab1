import test from 'ava';
import fc from 'fast-check';
import { CheckpointError } from '../src/checkpoint.ts';
import { decodeCheckpoint, encodeCheckpoint } from '../src/index.ts';

const tensors = fc.dictionary(
  fc.string({ minLength: 1 }).filter((name) => name !== '__proto__'),
  fc.oneof(fc.float32Array({ maxLength: 9 }), fc.float64Array({ maxLength: 9 })),
);
const states = fc.record({
  step: fc.nat(),
  parameters: tensors,
  firstMoments: tensors,
  secondMoments: tensors,
});
const small = {
  state: {
    step: 7,
    parameters: { w: Float32Array.of(1, 2) },
    firstMoments: { w: Float32Array.of(0, 1) },
    secondMoments: { w: Float32Array.of(3, 0) },
  },
  losses: Float32Array.of(0.5, 0.25),
  restarts: 1,
};

test('a fit survives its bytes exactly, NaN, -0 and names with slashes included', (t) => {
  t.deepEqual(decodeCheckpoint(encodeCheckpoint(small)), small);
  fc.assert(
    fc.property(states, (state) => {
      const read = decodeCheckpoint(encodeCheckpoint({ ...small, state })).state;
      t.is(read.step, state.step);
      for (const part of ['parameters', 'firstMoments', 'secondMoments'] as const) {
        t.deepEqual(Object.keys(read[part]).sort(), Object.keys(state[part]).sort());
        for (const [name, values] of Object.entries(state[part])) {
          t.deepEqual(new Uint8Array(read[part][name]?.buffer ?? []), new Uint8Array(values.slice().buffer));
        }
      }
    }),
  );
});

test('any damage is noticed: a cut, a flipped bit, another version, another file', (t) => {
  const bytes = encodeCheckpoint(small);
  fc.assert(
    fc.property(fc.nat({ max: bytes.length - 1 }), (length) => {
      t.throws(() => decodeCheckpoint(bytes.subarray(0, length)), { instanceOf: CheckpointError });
    }),
  );
  const flipped = Uint8Array.from(bytes);
  flipped[bytes.length - 3] = (flipped[bytes.length - 3] ?? 0) ^ 1;
  t.throws(() => decodeCheckpoint(flipped, 'fit.state'), { message: /^fit\.state is damaged/ });
  const text = Buffer.from(bytes).toString('latin1');
  const other = Buffer.from(text.replace('"version":"2"', '"version":"9"'), 'latin1');
  t.throws(() => decodeCheckpoint(other), {
    message: /has version 9, and this program reads version 2 only/,
  });
  const foreign = Buffer.from(text.replace('oinr-fit', 'tensors!'), 'latin1');
  t.throws(() => decodeCheckpoint(foreign), {
    message: /not the checkpoint of a fit: its format is "tensors!"/,
  });
  t.throws(() => decodeCheckpoint(new Uint8Array(100).fill(65)), { instanceOf: CheckpointError });
});
