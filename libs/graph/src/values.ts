import { UserError } from '@oinr/errors';
import type { TensorValues, TrainingState } from './executor.ts';
import type { Sources, TrainingProgram } from './program.ts';
import { optimiserInputs } from './program.ts';
import type { Shape, Tensor } from './tensor.ts';
import { describe, formatShape, sizeOf } from './tensor.ts';

/** Values that do not fit a program: the message names the source, its shape and what was given. */
export class ValuesError extends UserError {
  override readonly name = 'ValuesError';
}

type Values = TensorValues[string];

/** The values of one source, checked for presence, element type and number (`steps` times the source's size). */
export function valuesOf(source: Tensor, values: TensorValues, steps?: number): Values {
  const name = 'name' in source.attributes ? source.attributes.name : '';
  const given = values[name];
  const expected: Shape = steps === undefined ? source.shape : [steps, ...source.shape];
  if (!given) {
    throw new ValuesError(
      `The ${describe(source)} got no values; those given are: ${Object.keys(values).join(', ') || 'none'}.`,
    );
  }
  if ((source.type === 'int32') !== given instanceof Int32Array) {
    throw new ValuesError(
      `The ${describe(source)} takes ${source.type === 'int32' ? 'an Int32Array' : 'a Float32Array or Float64Array'}, not ${given.constructor.name}.`,
    );
  }
  if (given.length !== sizeOf(expected)) {
    throw new ValuesError(
      `The ${describe(source)} needs ${sizeOf(expected)} values, shape ${formatShape(expected)}${steps === undefined ? '' : ' with the steps first'}; ${given.length} were given.`,
    );
  }
  return given;
}

/** Refuses values for names that the program does not have: a misspelt feed must not be ignored. */
export function refuseUnknown(what: string, known: readonly Tensor[], values: TensorValues): void {
  const names = new Set(known.map((source) => ('name' in source.attributes ? source.attributes.name : '')));
  for (const name of Object.keys(values)) {
    if (!names.has(name)) {
      throw new ValuesError(
        `The program has no ${what} named "${name}"; it has: ${[...names].join(', ') || 'none'}.`,
      );
    }
  }
}

/** The inputs that a caller of Trainer.run feeds: all but the bias corrections, which the executor computes. */
export function callerInputs(program: TrainingProgram): readonly Tensor<'input'>[] {
  const own: readonly string[] = [optimiserInputs.firstCorrection, optimiserInputs.secondCorrection];
  return program.inputs.filter((input) => !own.includes(input.attributes.name));
}

/** Checks that there is at least one whole step. */
export function checkSteps(steps: number): void {
  if (!Number.isInteger(steps) || steps < 1) {
    throw new ValuesError(`Trainer.run: the number of steps must be a positive whole number, not ${steps}.`);
  }
}

export function isState(start: TensorValues | TrainingState): start is TrainingState {
  return 'step' in start && typeof start.step === 'number';
}

type Floats = Float32Array | Float64Array;
/** All parameters and moments in flat vectors, in the order of `program.packing`. */
export interface PackedValues<A extends Floats> {
  step: number;
  parameters: A;
  firstMoments: A;
  secondMoments: A;
}

/** Packs the start of a fit; moments are zero when only parameters are given. */
export function packStart<A extends Floats>(
  program: TrainingProgram,
  start: TensorValues | TrainingState,
  allocate: (size: number) => A,
): PackedValues<A> {
  if (!isState(start)) {
    refuseUnknown('parameter', program.parameters, start);
    const parameters = pack(program, start, allocate);
    return {
      step: 0,
      parameters,
      firstMoments: allocate(parameters.length),
      secondMoments: allocate(parameters.length),
    };
  }
  if (!Number.isInteger(start.step) || start.step < 0) {
    throw new ValuesError(`A training state must say how many steps were taken, not ${start.step}.`);
  }
  for (const part of [start.parameters, start.firstMoments, start.secondMoments]) {
    refuseUnknown('parameter', program.parameters, part);
  }
  return {
    step: start.step,
    parameters: pack(program, start.parameters, allocate),
    firstMoments: pack(program, start.firstMoments, allocate),
    secondMoments: pack(program, start.secondMoments, allocate),
  };
}

function pack<A extends Floats>(
  program: TrainingProgram,
  values: TensorValues,
  allocate: (size: number) => A,
): A {
  const flat = allocate(program.state.parameters.shape[0] ?? 0);
  for (const { parameter, offset } of program.packing) flat.set(valuesOf(parameter, values), offset);
  return flat;
}

/** Copies a packed state back into named values. */
export function unpackState<A extends Floats>(
  program: TrainingProgram,
  packed: PackedValues<A>,
): TrainingState {
  const named = (flat: A): TensorValues =>
    Object.fromEntries(
      program.packing.map(({ parameter, offset, size }) => [
        parameter.attributes.name,
        flat.slice(offset, offset + size),
      ]),
    );
  return {
    step: packed.step,
    parameters: named(packed.parameters),
    firstMoments: named(packed.firstMoments),
    secondMoments: named(packed.secondMoments),
  };
}

/** Checks residents against a program, and that none is missing or unknown. */
export function checkResidents(program: Sources, residents: TensorValues): void {
  refuseUnknown('resident', program.residents, residents);
  for (const resident of program.residents) valuesOf(resident, residents);
}
