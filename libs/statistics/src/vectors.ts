/** The scalar product. */
export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

export function norm(vector: ArrayLike<number>): number {
  return Math.sqrt(dot(vector, vector));
}

/** Takes `amount` times a direction from a vector, in place. */
export function remove(vector: Float64Array, direction: Float64Array, amount: number): void {
  for (let i = 0; i < vector.length; i++) vector[i] -= amount * direction[i];
}

/** What is left of a vector that depends on others is rounding: below this share of its norm. */
const dependentShare = 1e-6;

/**
 * What of a vector is at right angles to an orthonormal basis, at norm 1 (Gram and Schmidt, twice, since rounding leaves a
 * little the first time); undefined where the vector is a linear combination of the basis.
 */
export function orthonormalTo(
  basis: readonly Float64Array[],
  vector: ArrayLike<number>,
): Float64Array | undefined {
  const own = Float64Array.from(vector);
  for (let round = 0; round < 2; round++) for (const other of basis) remove(own, other, dot(own, other));
  const length = norm(own);
  return length > dependentShare * norm(vector) ? own.map((value) => value / length) : undefined;
}
