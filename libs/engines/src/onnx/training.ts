import type { ForwardProgram, TrainingProgram } from '@oinr/graph';
import { sizeOf } from '@oinr/graph';
import { OnnxGraph } from './builder.ts';
import type { Device } from './device.ts';
import { Emission } from './emission.ts';
import { emitters } from './emitters.ts';
import type { ValueInfo } from './model.ts';
import { encodeModel } from './model.ts';

const carriedNames = ['parameters', 'firstMoments', 'secondMoments'] as const;

/**
 * A model that runs `steps` training steps in one call: an ONNX Loop whose body is the training step, so that
 * parameters and moments stay on the device.
 *
 * Inputs: steps (int64 scalar), the three state vectors, the residents, and the per-step inputs stacked over steps.
 * Outputs: losses (steps) and the three state vectors.
 */
export function trainingModel(program: TrainingProgram, device: Device): Uint8Array {
  const graph = new OnnxGraph('training');
  const body = new OnnxGraph('step');
  const steps = graph.input('steps', 'int64', []);

  const index = body.input('step.index', 'int64', []);
  const condition = body.input('step.condition', 'bool', []);
  const emission = new Emission(body, graph, device, emitters);
  for (const name of carriedNames) {
    const node = program.state[name];
    graph.input(name, 'float', node.shape);
    emission.bind(node, body.input(`step.${name}`, 'float', node.shape));
  }
  for (const resident of program.residents) {
    const name = graph.input(`resident.${resident.attributes.name}`, 'float', resident.shape);
    emission.bind(resident, name); // the body of a Loop sees the values around it
  }
  for (const source of program.inputs) {
    const name = graph.input(`input.${source.attributes.name}`, source.type, ['steps', ...source.shape]);
    emission.bind(source, body.add('Gather', [name, index], { axis: 0 }));
  }
  const sizes = program.packing.map(({ size }) => size);
  const flat = 'step.parameters';
  const parts =
    sizes.length === 1
      ? [flat]
      : body.addMany('Split', [flat, body.integers(sizes)], sizes.length, { axis: 0 });
  for (const [i, { parameter }] of program.packing.entries()) {
    emission.bind(parameter, body.add('Reshape', [parts[i], body.integers(parameter.shape)]));
  }

  const { update, loss } = program;
  const results = emission.emit([...carriedNames.map((name) => update[name]), loss]);
  body.output(condition, 'step.goOn', 'bool', []);
  for (const [i, name] of carriedNames.entries()) {
    body.output(results[i], `step.next.${name}`, 'float', update[name].shape);
  }
  const scalar = sizeOf(loss.shape) === 1 && loss.shape.length > 0;
  const lossValue = results.at(-1) ?? '';
  body.output(
    scalar ? body.add('Reshape', [lossValue, body.integers([])]) : lossValue,
    'step.loss',
    'float',
    [],
  );

  const outputs = [...carriedNames.map((name) => `next.${name}`), 'losses'];
  graph.addNamed('Loop', [steps, '', ...carriedNames], outputs, { body: body.parts() });
  for (const name of carriedNames) graph.declareOutput(`next.${name}`, 'float', program.state[name].shape);
  graph.declareOutput('losses', 'float', ['steps']);
  return encodeModel(graph.parts(), [...graph.domains, ...body.domains]);
}

/** A model that evaluates the outputs of a forward program. Inputs: parameter.*, resident.*, input.* */
export function forwardModel(program: ForwardProgram, device: Device): Uint8Array {
  const graph = new OnnxGraph('forward');
  const emission = new Emission(graph, graph, device, emitters);
  const { parameters, residents, inputs, outputs } = program;
  for (const source of [...parameters, ...residents, ...inputs]) {
    const shape: ValueInfo['shape'] = source.shape;
    emission.bind(
      source,
      graph.input(`${source.operation}.${source.attributes.name}`, source.type as 'float', shape),
    );
  }
  const nodes = Object.values(outputs);
  const results = emission.emit(nodes);
  for (const [i, name] of Object.keys(outputs).entries()) {
    graph.output(results[i], `output.${name}`, 'float', nodes[i].shape);
  }
  return encodeModel(graph.parts(), graph.domains);
}
