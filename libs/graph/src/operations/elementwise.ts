import { broadcastShapes } from '../shapes.ts';
import type { Operation, OperationAttributes, OperationName, Tangents, Tensor } from '../tensor.ts';
import { node, sameShape } from '../tensor.ts';
import { broadcastTo } from './movement.ts';
import { sumTo } from './reduction.ts';
import { constant } from './sources.ts';

/** A tensor, or a number standing for a scalar constant. */
export type Operand = Tensor | number;

type BinaryFunction = (a: Operand, b: Operand) => Tensor;
type UnaryFunction = (x: Tensor) => Tensor;
type Binary = 'add' | 'subtract' | 'multiply' | 'divide';
type Unary = {
  [K in OperationName]: Record<never, never> extends OperationAttributes[K] ? K : never;
}[OperationName];

/** a + b, with NumPy broadcasting as in all four arithmetic operations. */
export const add: BinaryFunction = binary(
  'add',
  (_a, _b, g) => [g, g],
  (_a, _b, toA, toB) => sumOf(toA, toB),
);
/** a - b. */
export const subtract: BinaryFunction = binary(
  'subtract',
  (_a, _b, g) => [g, negate(g)],
  (_a, _b, toA, toB) => sumOf(toA, toB && negate(toB)),
);
/** a * b, element by element. */
export const multiply: BinaryFunction = binary(
  'multiply',
  (a, b, g) => [multiply(g, b), multiply(g, a)],
  (a, b, toA, toB) => sumOf(toA && multiply(toA, b), toB && multiply(a, toB)),
);
/** a / b. */
export const divide: BinaryFunction = binary(
  'divide',
  (a, b, g) => [divide(g, b), negate(divide(multiply(g, a), square(b)))],
  (a, b, toA, toB) => sumOf(toA && divide(toA, b), toB && negate(divide(multiply(a, toB), square(b)))),
);

export const negate: UnaryFunction = unary('negate', (_x, g) => negate(g));
/** x * x. */
export const square: UnaryFunction = unary('square', (x, g) => multiply(multiply(g, x), 2));
export const sqrt: UnaryFunction = unary('sqrt', (_x, g, y) => divide(multiply(g, 0.5), y));
export const sin: UnaryFunction = unary('sin', (x, g) => multiply(g, cos(x)));
export const cos: UnaryFunction = unary('cos', (x, g) => negate(multiply(g, sin(x))));
export const exp: UnaryFunction = unary('exp', (_x, g, y) => multiply(g, y));
/** Natural logarithm. */
export const log: UnaryFunction = unary('log', (x, g) => divide(g, x));
export const tanh: UnaryFunction = unary('tanh', (_x, g, y) => multiply(g, subtract(1, square(y))));
/** 1 / (1 + exp(-x)). */
export const sigmoid: UnaryFunction = unary('sigmoid', (_x, g, y) =>
  multiply(g, multiply(y, subtract(1, y))),
);
/** The error function, 2 / sqrt(pi) times the integral of exp(-t^2) from 0 to x. */
export const erf: UnaryFunction = unary('erf', (x, g) =>
  multiply(multiply(g, exp(negate(square(x)))), 2 / Math.sqrt(Math.PI)),
);
export const abs: UnaryFunction = unary('abs', (x, g) => multiply(g, sign(x)));
/** -1, 0 or 1. */
export const sign: UnaryFunction = unary('sign');
/** GELU in its exact form, x (1 + erf(x / sqrt 2)) / 2 (Hendrycks and Gimpel 2016; PyTorch's default). */
export const gelu: UnaryFunction = unary('gelu', (x, g) => multiply(g, geluSlope(x)));
/** The derivative of gelu: Phi(x) + x phi(x), with the standard normal distribution Phi and density phi. */
export const geluSlope: UnaryFunction = unary('geluSlope', (x, g) =>
  multiply(
    multiply(g, subtract(2, square(x))),
    multiply(exp(multiply(square(x), -0.5)), 1 / Math.sqrt(2 * Math.PI)),
  ),
);

const leakyReluRules: Operation<'leakyRelu'> = {
  name: 'leakyRelu',
  shape: shapeOfFirst,
  gradient: (y, g) => [multiply(g, node(leakyReluSlopeRules, y.inputs, y.attributes))],
  tangent: elementwiseTangent,
};
const leakyReluSlopeRules: Operation<'leakyReluSlope'> = { name: 'leakyReluSlope', shape: shapeOfFirst };
/** x where x > 0, else slope * x. */
export function leakyRelu(x: Tensor, slope = 0.1): Tensor {
  return node(leakyReluRules, [x], { slope });
}

const clipRules: Operation<'clip'> = {
  name: 'clip',
  shape: shapeOfFirst,
  gradient: (y, g) => [multiply(g, node(withinRules, y.inputs, y.attributes))],
  tangent: elementwiseTangent,
};
const withinRules: Operation<'within'> = { name: 'within', shape: shapeOfFirst };
/** min(max(x, low), high); its gradient is 0 outside of (low, high). */
export function clip(x: Tensor, low: number, high: number): Tensor {
  return node(clipRules, [x], { low, high });
}

export function toTensor(operand: Operand): Tensor {
  return typeof operand === 'number' ? constant(operand) : operand;
}

function shapeOfFirst(inputs: readonly Tensor[]) {
  return inputs[0]?.shape ?? [];
}

function unary<K extends Unary>(
  name: K,
  gradient?: (x: Tensor, outputGradient: Tensor, y: Tensor) => Tensor,
): UnaryFunction {
  const rules: Operation<K> = {
    name,
    shape: shapeOfFirst,
    ...(gradient && {
      gradient: (y: Tensor<K>, g: Tensor) => y.inputs.map((x) => gradient(x, g, y as Tensor)),
      tangent: elementwiseTangent,
    }),
  };
  return (x) => node(rules, [x], {} as OperationAttributes[K]) as Tensor;
}

function binary<K extends Binary>(
  name: K,
  gradient: (a: Tensor, b: Tensor, outputGradient: Tensor) => readonly [Tensor, Tensor],
  tangent: (a: Tensor, b: Tensor, toA: Tensor | undefined, toB: Tensor | undefined) => Tensor,
): BinaryFunction {
  const rules: Operation<K> = {
    name,
    shape: ([a, b]) => broadcastShapes(name, a?.shape ?? [], b?.shape ?? []),
    gradient(result, g) {
      const [a, b] = result.inputs as readonly [Tensor, Tensor];
      const [toA, toB] = gradient(a, b, g);
      return [sumTo(toA, a.shape), sumTo(toB, b.shape)];
    },
    tangent(result, [toA, toB]) {
      const [a, b] = result.inputs as readonly [Tensor, Tensor];
      // The tangent of one operand alone has that operand's shape, which the other may stretch.
      return broadcastTo(tangent(a, b, toA, toB), result.shape);
    },
  };
  return (left, right) => {
    const [a, b] = withoutNeedlessBroadcast(toTensor(left), toTensor(right));
    return node(rules, [a, b], {} as OperationAttributes[K]) as Tensor;
  };
}

/** The tangent of what works on each element by itself: its derivative, by which a gradient is multiplied too. */
function elementwiseTangent<K extends OperationName>(y: Tensor<K>, tangents: Tangents): Tensor {
  const [tangent] = tangents as readonly [Tensor];
  return y.rules.gradient?.(y, tangent)[0] as Tensor;
}

/** The sum of the tangents that are there; one is. */
export function sumOf(a: Tensor | undefined, b: Tensor | undefined): Tensor {
  return a && b ? add(a, b) : ((a ?? b) as Tensor);
}

/** An operand that was only broadcast to the other one's shape is used as it was: the operation broadcasts itself. */
function withoutNeedlessBroadcast(a: Tensor, b: Tensor): readonly [Tensor, Tensor] {
  const [fromA] = a.inputs;
  const [fromB] = b.inputs;
  if (fromA && a.operation === 'broadcastTo' && sameShape(a.shape, b.shape)) return [fromA, b];
  if (fromB && b.operation === 'broadcastTo' && sameShape(a.shape, b.shape)) return [a, fromB];
  return [a, b];
}
