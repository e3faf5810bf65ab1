import { add, divide, multiply, sqrt, square, subtract } from './operations/elementwise.ts';
import { matmul } from './operations/linear.ts';
import { concat, reshape, slice } from './operations/movement.ts';
import { sum } from './operations/reduction.ts';
import type { Tensor } from './tensor.ts';
import { sizeOf } from './tensor.ts';

/**
 * Settings of Muon (Jordan et al. 2024): momentum whose direction is made orthogonal. A step of Adam changes a kernel
 * along its few strongest directions; here every direction of the kernel's matrix moves by about the same amount.
 */
export interface MuonOptions {
  /** The parameters that it trains, of at least two axes; all others are trained with Adam. */
  readonly parameters: readonly string[];
  /** Nesterov momentum. */
  readonly momentum: number;
  /** The step is `learningRate * rate * max(1, rows / columns)^(1/2)` times an orthogonal matrix. */
  readonly rate: number;
}
export const muonDefaults: Omit<MuonOptions, 'parameters'> = { momentum: 0.95, rate: 10 };

// The quintic of Jordan et al.: five rounds bring singular values from 0.01 .. 1 to 0.7 .. 1.2.
const [a, b, c] = [3.4445, -4.775, 2.0315];
const rounds = 5;
const smallest = 1e-7;

/**
 * The matrix (rows, columns) with its singular values brought near 1 and its singular vectors kept, by Newton-Schulz
 * iterations, which take matrix products alone.
 */
export function orthogonalised(matrix: Tensor): Tensor {
  const [rows = 0, columns = 0] = matrix.shape;
  const wide = rows <= columns;
  let x = divide(matrix, add(sqrt(sum(square(matrix))), smallest));
  for (let round = 0; round < rounds; round++) {
    // The smaller of both Gram matrices.
    const gram = matmul(x, x, wide ? { transposeB: true } : { transposeA: true });
    const polynomial = add(multiply(gram, b), multiply(matmul(gram, gram), c));
    x = add(multiply(x, a), wide ? matmul(polynomial, x) : matmul(x, polynomial));
  }
  return x;
}

/**
 * One update of several parameters that lie one after the other in flat vectors: `parameters`, `gradient` and
 * `momentum` have shape [size], `shapes` are those of the parameters. A kernel (outputs, inputs, ...) is seen as a
 * matrix of outputs rows.
 */
export function muonUpdate(
  parameters: Tensor,
  gradient: Tensor,
  momentum: Tensor,
  shapes: readonly (readonly number[])[],
  learningRate: Tensor,
  options: Pick<MuonOptions, 'momentum' | 'rate'>,
): { parameters: Tensor; momentum: Tensor } {
  const next = add(multiply(momentum, options.momentum), gradient);
  const ahead = add(gradient, multiply(next, options.momentum));
  let offset = 0;
  const steps = shapes.map((shape) => {
    const size = sizeOf(shape);
    const rows = shape[0] ?? 1;
    const columns = size / rows;
    const direction = orthogonalised(reshape(slice(ahead, [offset], [size]), [rows, columns]));
    offset += size;
    return reshape(multiply(direction, options.rate * Math.sqrt(Math.max(1, rows / columns))), [size]);
  });
  return { parameters: subtract(parameters, multiply(concat(steps, 0), learningRate)), momentum: next };
}
