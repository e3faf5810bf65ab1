import test from 'ava';
import fc from 'fast-check';
import { adamDefaults } from '../src/adam.ts';
import * as g from '../src/index.ts';

const p = (name: string, ...shape: number[]) => g.parameter(name, shape);

test('every operation refuses shapes that do not fit, and names both', (t) => {
  const cases: readonly (readonly [() => g.Tensor, RegExp])[] = [
    [() => g.add(p('a', 2, 3), p('b', 4, 3)), /add: .*\[2, 3\] and \[4, 3\].*axis 2 has lengths 2 and 4/],
    [() => g.matmul(p('a', 2, 3), p('b', 2, 3)), /matmul: .*\[2, 3\] and \[2, 3\]/],
    [
      () => g.matmul(p('a', 2, 3), p('b', 2, 4), { transposeA: true, transposeB: true }),
      /first transposed, second/,
    ],
    [() => g.conv2d(p('x', 1, 3, 5, 5), p('w', 8, 4, 3, 3)), /\[1, 3, 5, 5\].*\[8, 4, 3, 3\]/],
    [() => g.conv2d(p('x', 1, 3, 5, 5), p('w', 8, 3, 3, 3), p('b', 7)), /bias \[7\].*\[8, 3, 3, 3\]/],
    [() => g.conv2d(p('x', 1, 3, 5, 5), p('w', 8, 3, 2, 2)), /odd kernel sizes.*\[8, 3, 2, 2\]/],
    [
      () =>
        g.conv2d(p('x', 1, 3, 5, 5), p('w', 8, 3, 3, 3), undefined, [
          [3, 0],
          [1, 1],
        ]),
      /padding \[\[3,0\],\[1,1\]\]/,
    ],
    [() => g.conv3d(p('x', 1, 3, 5, 5), p('w', 8, 3, 3, 3)), /conv3d: .*5 axes.*\[1, 3, 5, 5\]/],
    [() => g.reshape(p('a', 2, 3), [4, 2]), /\[2, 3\] and \[4, 2\]/],
    [() => g.transpose(p('a', 2, 3), [0, 0]), /\[0, 0\] is not a permutation.*\[2, 3\]/],
    [() => g.concat([p('a', 2, 3), p('b', 3, 3)], 1), /\[2, 3\] and \[3, 3\] differ outside of axis 1/],
    [
      () => g.slice(p('a', 2, 3), [0, 2], [2, 2]),
      /\[2, 2\] that starts at \[0, 2\] does not lie inside \[2, 3\]/,
    ],
    [() => g.pad(p('a', 2, 3), [-1, 0], [0, 0]), /pad: \[-1, 0\]/],
    [() => g.broadcastTo(p('a', 2, 3), [2, 4]), /\[2, 3\] and \[2, 4\]/],
    [
      () => g.gather(p('a', 2, 3), p('b', 2)),
      /int32 indices.*parameter "a" \[2, 3\] and parameter "b" \[2\]/,
    ],
    [() => g.sin(g.input('which', [2], 'int32')), /input "which" \[2\] has int32 elements/],
    [() => g.sum(p('a', 2, 3), [2]), /no axis 2 in the shape \[2, 3\]/],
    [() => g.constant([1, 2, 3], [2, 2]), /3 values do not fill the shape \[2, 2\]/],
    [() => p('a', 2, 0), /parameter "a".*\[2, 0\]/],
    [() => g.meanSquaredError(p('a', 4, 1), p('b', 4)), /\[4, 1\] and \[4\] must be equal/],
  ];
  for (const [build, message] of cases) t.throws(build, { instanceOf: g.GraphError, message });
});

test('broadcasting follows the rule of NumPy: aligned at the end, lengths of 1 stretch', (t) => {
  const shapes = fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 4 });
  fc.assert(
    fc.property(shapes, shapes, (a, b) => {
      const rank = Math.max(a.length, b.length);
      const padded = (s: number[]) => [...Array<number>(rank - s.length).fill(1), ...s];
      const [left, right] = [padded(a), padded(b)];
      const fits = left.every((n, i) => n === right[i] || n === 1 || right[i] === 1);
      const build = () => g.multiply(p('a', ...a), p('b', ...b)).shape;
      if (fits)
        t.deepEqual(
          build(),
          left.map((n, i) => Math.max(n, right[i] ?? 1)),
        );
      else t.throws(build, { instanceOf: g.GraphError });
    }),
  );
});

test('a gradient has the shape of what it belongs to', (t) => {
  const shapes = fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 3 });
  fc.assert(
    fc.property(shapes, fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }), (shape, ones) => {
      const a = p('a', ...shape);
      const b = p('b', ...shape.map((n, i) => (ones[i] ? 1 : n)));
      const loss = g.mean(g.square(g.divide(g.sin(a), g.exp(b))));
      for (const [i, gradient] of g.gradients(loss, [a, b]).entries())
        t.deepEqual(gradient.shape, [a, b][i]?.shape);
    }),
  );
});

test('a program knows its sources, and refuses two of one name and losses that are no number', (t) => {
  const x = g.resident('x', [1, 2, 4, 4]);
  const w = p('w', 3, 2, 3, 3);
  const rows = g.gather(g.resident('rows', [9, 3]), g.input('which', [1], 'int32'));
  const loss = g.mean(g.multiply(g.conv2d(x, w), g.reshape(rows, [1, 3, 1, 1])));
  const program = g.trainingProgram(loss);
  t.deepEqual(
    program.parameters.map((node) => node.attributes.name),
    ['w'],
  );
  t.deepEqual(program.residents.map((node) => node.attributes.name).sort(), ['rows', 'x']);
  t.true(program.inputs.some((node) => node.attributes.name === 'which'));
  t.deepEqual(
    program.packing.map(({ offset, size }) => [offset, size]),
    [[0, 54]],
  );
  t.throws(() => g.trainingProgram(g.sum(g.add(w, p('w', 1)))), {
    message: /name "w": .*\[3, 2, 3, 3\].*\[1\]/,
  });
  t.throws(() => g.trainingProgram(g.conv2d(x, w)), {
    message: /must be one number, not convolution \[1, 3, 4, 4\]/,
  });
  t.throws(() => g.trainingProgram(g.mean(x)), { message: /depends on no parameter/ });
  t.throws(() => g.gradients(g.mean(g.sign(w)), [w]), {
    message: /no gradient of the loss reaches parameter "w"/,
  });
});

test('rates fall along half a cosine, and the corrections of Adam are those of its paper', (t) => {
  const rates = g.cosineDecay(1, 0.5, 0, 11, 10);
  t.deepEqual([rates[0], rates[5], rates[10]], [1, 0.75, 0.5]);
  t.deepEqual([...g.cosineDecay(1, 0.5, 5, 2, 10)], [...rates.subarray(5, 7)]);
  const [first, second] = g.adamCorrections(1, adamDefaults);
  t.true(Math.abs(first - 10) < 1e-12 && Math.abs(second - 1000) < 1e-9);
});
