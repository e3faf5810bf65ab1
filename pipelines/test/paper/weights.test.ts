import { openExecutor } from '@oinr/engines';
import type { Tensor } from '@oinr/graph';
import { abs, constant, forwardProgram, subtract } from '@oinr/graph';
import { applyNetwork, exactGridEncoding, operatorNetwork, reorderChannels } from '@oinr/inr';
import { stream } from '@oinr/random';
import test from 'ava';

const reference = await openExecutor('reference');

for (const bias of [false, true]) {
  test(`reordering channels ${bias ? 'with' : 'without'} biases changes the output by rounding alone, in float64`, async (t) => {
    const network = operatorNetwork({ channels: [12, 10, 9, 3], bias });
    const random = stream(7, 'orders');
    const weights = network.initial(stream(1, 'weights'));
    const orders = [10, 9].map((count) => [...random.permutation(count)]);
    const moved = reorderChannels(network, weights, orders);
    const encoding = constant(exactGridEncoding(3, [8, 9]), [1, 12, 8, 9]);
    const outputOf = (values: Readonly<Record<string, ArrayLike<number>>>): Tensor =>
      applyNetwork(
        {
          ...{ channels: network.channels, bias, activation: 'sin', residual: false },
          ...{ hiddenInitialisation: 'default', lastInitialisation: 'default' },
        },
        encoding,
        (name, shape) => constant(values[name] ?? [], shape),
      );
    const change = abs(subtract(outputOf(weights), outputOf(moved)));
    const predictor = await reference.predictor(forwardProgram({ change, output: outputOf(weights) }));
    const { change: changes = new Float32Array(), output = new Float32Array() } = await predictor.run({}, {});
    t.true(Math.max(...changes) < 1e-14);
    t.true(Math.max(...output.map(Math.abs)) > 0.01);
    t.notDeepEqual(moved['layer0.weights'], weights['layer0.weights']);
  });
}
