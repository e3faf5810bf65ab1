import type { ElementType, Operation, OperationName, Shape, Tensor } from '../tensor.ts';
import { formatShape, GraphError, sizeOf } from '../tensor.ts';

type Source = 'parameter' | 'resident' | 'input' | 'carried';

const noShapeRule = (): never => {
  throw new GraphError('A source takes its shape from its maker.');
};
const sourceRules: { readonly [K in Source | 'constant']: Operation<K> } = {
  parameter: { name: 'parameter', shape: noShapeRule },
  resident: { name: 'resident', shape: noShapeRule },
  input: { name: 'input', shape: noShapeRule },
  carried: { name: 'carried', shape: noShapeRule },
  constant: { name: 'constant', shape: noShapeRule },
};

/** A trained value. The graph holds no initial values: the caller gives them to the executor by this name. */
export function parameter(name: string, shape: Shape): Tensor<'parameter'> {
  return source('parameter', name, shape, 'float');
}

/** A value that is given once and stays on the device for the whole fit, for example all slices of a subject. */
export function resident(name: string, shape: Shape): Tensor<'resident'> {
  return source('resident', name, shape, 'float');
}

/** A value that is given at every step (in training stacked: leading dimension `steps`). int32 is for gather. */
export function input(name: string, shape: Shape, type: ElementType = 'float'): Tensor<'input'> {
  return source('input', name, shape, type);
}

/** A value carried from one training step to the next; used by the optimiser only. */
export function carried(name: string, shape: Shape): Tensor<'carried'> {
  return source('carried', name, shape, 'float');
}

/** A fixed value. `shape` defaults to a scalar for a number and to one axis for an array. */
export function constant(values: number | ArrayLike<number>, shape?: Shape): Tensor<'constant'> {
  const flat = typeof values === 'number' ? Float64Array.of(values) : Float64Array.from(values);
  const result = shape ?? (typeof values === 'number' ? [] : [flat.length]);
  if (sizeOf(result) !== flat.length) {
    throw new GraphError(`constant: ${flat.length} values do not fill the shape ${formatShape(result)}.`);
  }
  checkShape('constant', result);
  return make('constant', { values: flat }, result, 'float');
}

function source<K extends Source>(kind: K, name: string, shape: Shape, type: ElementType): Tensor<K> {
  if (name === '') throw new GraphError(`${kind}: a name is needed.`);
  checkShape(`${kind} "${name}"`, shape);
  return make(kind, { name } as Tensor<K>['attributes'], shape, type);
}

function make<K extends Source | 'constant'>(
  kind: K,
  attributes: Tensor<K>['attributes'],
  shape: Shape,
  type: ElementType,
): Tensor<K> {
  const rules = sourceRules[kind] as Operation<OperationName> as Operation<K>;
  return Object.freeze({ operation: kind, inputs: [], attributes, shape: [...shape], type, rules });
}

function checkShape(what: string, shape: Shape): void {
  if (!shape.every((length) => Number.isInteger(length) && length > 0)) {
    throw new GraphError(
      `${what}: every dimension must be a positive whole number, not ${formatShape(shape)}.`,
    );
  }
}
