import { broadcastShapes } from '../shapes.ts';
import type { Operation, Tensor } from '../tensor.ts';
import { formatShape, GraphError, node } from '../tensor.ts';
import { sumOf } from './elementwise.ts';
import { sumTo } from './reduction.ts';

const matmulRules: Operation<'matmul'> = {
  name: 'matmul',
  shape: ([a, b], { transposeA, transposeB }) => {
    const left = a?.shape ?? [];
    const right = b?.shape ?? [];
    const [rows = 0, inner = -1] = transposeA ? left.slice(-2).reverse() : left.slice(-2);
    const [innerB = -2, columns = 0] = transposeB ? right.slice(-2).reverse() : right.slice(-2);
    if (left.length < 2 || right.length < 2 || inner !== innerB) {
      const transposed = `${transposeA ? ', first transposed' : ''}${transposeB ? ', second transposed' : ''}`;
      throw new GraphError(
        `matmul: the shapes ${formatShape(left)} and ${formatShape(right)}${transposed} do not multiply.`,
      );
    }
    return [...broadcastShapes('matmul', left.slice(0, -2), right.slice(0, -2)), rows, columns];
  },
  gradient: (y, g) => {
    const [a, b] = y.inputs as readonly [Tensor, Tensor];
    const { transposeA: tA, transposeB: tB } = y.attributes;
    const toA = tA ? matmul(b, g, { transposeA: tB, transposeB: true }) : matmul(g, b, { transposeB: !tB });
    const toB = tB ? matmul(g, a, { transposeA: true, transposeB: tA }) : matmul(a, g, { transposeA: !tA });
    return [sumTo(toA, a.shape), sumTo(toB, b.shape)];
  },
  tangent: (y, [toA, toB]) => {
    const [a, b] = y.inputs as readonly [Tensor, Tensor];
    return sumOf(toA && matmul(toA, b, y.attributes), toB && matmul(a, toB, y.attributes));
  },
};

/**
 * Matrix product over the last two axes, [..., m, k] x [..., k, n] -> [..., m, n]; the leading axes broadcast. A
 * transposed operand is given with its last two axes exchanged.
 */
export function matmul(
  a: Tensor,
  b: Tensor,
  { transposeA = false, transposeB = false }: { transposeA?: boolean; transposeB?: boolean } = {},
): Tensor {
  return node(matmulRules, [a, b], { transposeA, transposeB });
}
