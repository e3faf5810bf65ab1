import type { Tensor } from '@oinr/graph';
import { tangents } from '@oinr/graph';

/**
 * What a network is given for the places of a signal, and its derivatives: `order[a]` says how often along axis a, zero for
 * none. Undefined where a derivative is zero everywhere.
 */
export type Places = (order: readonly number[]) => Tensor | undefined;

/**
 * The derivative of a represented signal in closed form (paper, section 7), as a graph: that of `network` of places `x`
 * along each of `along` in turn, so that [1] is d/dx of an image, [1, 1] its second derivative and [0, 1] the mixed one.
 * The chain rule through all layers is the graph's; `places` says how what the network is given moves along an axis. The
 * unit is that of the places' derivatives: per unit of the coordinate in [-1, 1] for `gridEncoding` with its `order`.
 *
 * For networks of an encoding it is the derivative of the function between the pixels, which is the image's gradient only
 * while that function does not run wild between them: 2^(octaves - 1) at most about a sixth of the Nyquist limit,
 * (length - 1) / 2.
 */
export function spatialDerivative(
  network: (x: Tensor) => Tensor,
  places: Places,
  axes: number,
  along: readonly number[],
): Tensor {
  const origin = new Array<number>(axes).fill(0);
  const known = new Map<string, { readonly order: readonly number[]; readonly tensor: Tensor }>();
  const placeOf = (order: readonly number[]): Tensor | undefined => {
    const name = order.join(' ');
    const tensor = known.get(name)?.tensor ?? places(order);
    if (tensor) known.set(name, { order, tensor });
    return tensor;
  };
  let result = network(placeOf(origin) as Tensor);
  for (const axis of along) {
    const moving = new Map<Tensor, Tensor>();
    for (const { order, tensor } of [...known.values()]) {
      const tangent = placeOf(order.map((n, a) => (a === axis ? n + 1 : n)));
      if (tangent) moving.set(tensor, tangent);
    }
    [result] = tangents([result], moving);
  }
  return result;
}

/**
 * The most octaves with which the closed-form derivative is the gradient of the image: 2^(octaves - 1) at most a sixth of
 * the Nyquist limit of a side of this many pixels. A rule of thumb for loose fits; tight ones want one octave less.
 */
export function differentiableOctaves(length: number): number {
  let octaves = 1;
  while (2 ** octaves <= (length - 1) / 2 / 6) octaves += 1;
  return octaves;
}
