import { forwardProgram, GraphError, orthogonalised, parameter, sum, trainingProgram } from '@oinr/graph';
import test from 'ava';
import { openExecutor } from '../src/index.ts';

const reference = await openExecutor('reference');

async function evaluated(rows: number, columns: number, values: Float32Array): Promise<Float32Array> {
  const predictor = await reference.predictor(
    forwardProgram({ result: orthogonalised(parameter('matrix', [rows, columns])) }),
  );
  const { result } = await predictor.run({ matrix: values }, {});
  await predictor.dispose();
  return result ?? new Float32Array();
}

for (const [rows, columns] of [
  [3, 5],
  [5, 3],
] as const) {
  test(`a matrix ${rows} x ${columns} keeps its singular vectors, and its singular values come near 1`, async (t) => {
    // Columns of a Householder reflection are orthonormal: M = sum of s_n u_n v_n'.
    const reflection = (size: number): number[][] => {
      const v = Array.from({ length: size }, (_, i) => i + 1);
      const norm = v.reduce((total, x) => total + x * x, 0);
      return v.map((x, i) => v.map((y, j) => (i === j ? 1 : 0) - (2 * x * y) / norm));
    };
    const [u, v] = [reflection(rows), reflection(columns)];
    const singular = [10, 3, 0.5];
    const entry = (i: number, j: number): number =>
      singular.reduce((total, s, n) => total + s * (u[i]?.[n] ?? 0) * (v[j]?.[n] ?? 0), 0);
    const matrix = Float32Array.from({ length: rows * columns }, (_, at) =>
      entry(Math.floor(at / columns), at % columns),
    );
    const result = await evaluated(rows, columns, matrix);
    // u_m' R v_n is the singular value where m = n, and 0 elsewhere.
    for (let m = 0; m < 3; m++)
      for (let n = 0; n < 3; n++) {
        let value = 0;
        for (let i = 0; i < rows; i++)
          for (let j = 0; j < columns; j++)
            value += (u[i]?.[m] ?? 0) * (result[i * columns + j] ?? 0) * (v[j]?.[n] ?? 0);
        if (m === n) t.true(value > 0.65 && value < 1.25, `${m}: ${value}`);
        else t.true(Math.abs(value) < 1e-5, `${m}, ${n}: ${value}`);
      }
  });
}

test('a matrix of zeros stays zero: a kernel without a gradient does not move', async (t) => {
  t.deepEqual([...(await evaluated(2, 3, new Float32Array(6)))], [0, 0, 0, 0, 0, 0]);
});

test('Muon refuses a name that no parameter has, and a vector', (t) => {
  const loss = sum(parameter('bias', [3]));
  t.throws(() => trainingProgram(loss, { muon: { parameters: ['kernel'] } }), {
    instanceOf: GraphError,
    message: /"kernel", but no parameter has that name/,
  });
  t.throws(() => trainingProgram(loss, { muon: { parameters: ['bias'] } }), {
    message: /parameter "bias" \[3\] has fewer than two axes; leave it to Adam/,
  });
});
