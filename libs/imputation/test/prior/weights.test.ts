import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import fc from 'fast-check';
import {
  checksumFile,
  checksumOf,
  decodeSafetensors,
  encodePriorModel,
  encodeSafetensors,
  loadPriorModel,
  parameterShapes,
  shippedPriorModel,
  weightsFile,
} from '../../src/index.ts';
import { float16Bits, float16Value } from '../../src/methods/prior/float16.ts';
import { decodePriorModel, PriorModelError } from '../../src/methods/prior/priorModel.ts';
import { TensorFileError } from '../../src/methods/prior/safetensors.ts';
import { randomModel } from './support.ts';

test('what is written as safetensors is read back bit for bit (property)', (t) => {
  const values = fc.float32Array({ maxLength: 20 });
  fc.assert(
    fc.property(
      fc.dictionary(fc.string(), values),
      fc.dictionary(fc.string(), fc.string()),
      (arrays, metadata) => {
        delete arrays.__metadata__;
        const tensors = Object.fromEntries(
          Object.entries(arrays).map(([name, array]) => [name, { shape: [array.length], values: array }]),
        );
        const read = decodeSafetensors(encodeSafetensors({ tensors, metadata }), 'test');
        t.deepEqual(Object.keys(read.tensors).sort(), Object.keys(arrays).sort());
        for (const [name, array] of Object.entries(arrays)) {
          const back = read.tensors[name]?.values ?? new Float32Array();
          t.deepEqual(Buffer.from(back.buffer), Buffer.from(Float32Array.from(array).buffer));
        }
        t.deepEqual({ ...read.metadata }, { ...metadata });
      },
    ),
    // A name that plain objects swallow: random names hit it once in some thousand files.
    { examples: [[JSON.parse('{ "__proto__": [1, 2], "w": [3] }'), JSON.parse('{ "__proto__": "text" }')]] },
  );
});

test('the layout is that of the format: length, JSON header, little-endian values', (t) => {
  const values = Float32Array.of(1, -2.5);
  const bytes = encodeSafetensors({ tensors: { w: { shape: [2, 1], values } }, metadata: { a: 'b' } });
  const view = new DataView(bytes.buffer);
  const length = Number(view.getBigUint64(0, true));
  t.is((8 + length) % 8, 0);
  t.deepEqual(JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length))), {
    __metadata__: { a: 'b' },
    w: { dtype: 'F32', shape: [2, 1], data_offsets: [0, 8] },
  });
  t.is(view.getFloat32(8 + length + 4, true), -2.5);
});

test('a truncated or foreign file is refused with a sentence, at every length', (t) => {
  const bytes = encodeSafetensors({
    tensors: { w: { shape: [3], values: Float32Array.of(1, 2, 3) } },
    metadata: {},
  });
  for (let length = 0; length < bytes.length; length++) {
    t.throws(() => decodeSafetensors(bytes.subarray(0, length), 'cut.safetensors'), {
      instanceOf: TensorFileError,
      message: /cut\.safetensors is not a usable safetensors file/,
    });
  }
});

test('weights with a wrong checksum, of another version, incomplete or not finite are refused', async (t) => {
  const model = randomModel(1);
  const bytes = encodePriorModel(model);
  const written = decodePriorModel(bytes, 'ok', checksumOf(bytes));
  const [{ weights, ...header }] = model.experts;
  t.like(written.experts[0], header);
  // Rounded to float16, at most half of 2^-10 of themselves; and so they are written as they are read.
  for (const [name, values] of Object.entries(weights))
    values.forEach((value, n) => {
      const error = Math.abs(written.experts[0].weights[name][n] - value);
      t.true(error <= Math.max(2 ** -11 * Math.abs(value), 2 ** -25), `${name} ${value}`);
    });
  t.deepEqual(encodePriorModel(written), bytes);
  const coronal = encodePriorModel({ ...model, experts: [{ ...model.experts[0], axis: 'coronal' }] });
  t.is(decodePriorModel(coronal, 'ok').experts[0].axis, 'coronal');

  const flipped = Uint8Array.from(bytes);
  flipped[flipped.length - 1] = (flipped[flipped.length - 1] ?? 0) ^ 1;
  t.throws(() => decodePriorModel(flipped, 'w', checksumOf(bytes)), {
    instanceOf: PriorModelError,
    message: /has the SHA-256 .* is expected/,
  });

  const { tensors, metadata } = decodeSafetensors(bytes, 'ok');
  const other = encodeSafetensors({ tensors, metadata: { ...metadata, version: '0' } });
  t.throws(() => decodePriorModel(other, 'w'), { instanceOf: PriorModelError, message: /version 0/ });

  const [name = ''] = Object.keys(tensors);
  const { [name]: _, ...rest } = tensors;
  t.throws(() => decodePriorModel(encodeSafetensors({ tensors: rest, metadata }), 'w'), {
    instanceOf: PriorModelError,
    message: new RegExp(`no usable tensor "${name}"`),
  });
  const [expert] = model.experts;
  const spoilt = {
    ...expert,
    weights: { ...expert.weights, 'first.kernel': expert.weights['first.kernel'].map(() => Number.NaN) },
  };
  t.throws(() => decodePriorModel(encodePriorModel({ ...model, experts: [expert, spoilt] }), 'w'), {
    message: /no usable tensor "expert2\.first\.kernel".*the network for gaps of 2 to 8 pixels/,
  });
  const none = encodeSafetensors({ tensors, metadata: { ...metadata, experts: '[]' } });
  t.throws(() => decodePriorModel(none, 'w'), {
    instanceOf: PriorModelError,
  });
});

test('numbers are rounded to the nearest float16, ties to even, and every float16 is read back', (t) => {
  for (let bits = 0; bits < 0x10000; bits++) {
    const value = float16Value(bits);
    if (Number.isNaN(value)) t.true(Number.isNaN(float16Value(float16Bits(value))));
    else t.is(float16Bits(value), bits);
  }
  // From the definition of the format: smallest subnormal, smallest normal, one and its neighbour, the largest.
  t.deepEqual([1, 0x400, 0x3c00, 0x3c01, 0x7bff, 0x7c00, 0xc000].map(float16Value), [
    2 ** -24,
    2 ** -14,
    1,
    1 + 2 ** -10,
    65504,
    Number.POSITIVE_INFINITY,
    -2,
  ]);
  const rounded = [1 + 2 ** -11, 1 + 3 * 2 ** -11, 2 ** -25, 3 * 2 ** -25, 65519, 65520, 2047.5 / 2048];
  t.deepEqual(
    rounded.map((value) => float16Value(float16Bits(value))),
    [1, 1 + 2 ** -9, 0, 2 ** -23, 65504, Number.POSITIVE_INFINITY, 1],
  );
});

test('a folder is read with its checksum, and refused without', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'oinr-weights-'));
  try {
    const bytes = encodePriorModel(randomModel(2));
    await writeFile(join(folder, weightsFile), bytes);
    await t.throwsAsync(() => loadPriorModel(folder), {
      instanceOf: PriorModelError,
      message: /must both be there/,
    });
    await writeFile(join(folder, checksumFile), `${checksumOf(bytes)}  ${weightsFile}\n`);
    t.is((await loadPriorModel(folder)).checksum, checksumOf(bytes));
    await writeFile(join(folder, checksumFile), `${'0'.repeat(64)}  ${weightsFile}\n`);
    await t.throwsAsync(() => loadPriorModel(folder), { instanceOf: PriorModelError, message: /damaged/ });
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('the shipped weights are complete, at most 5 MB, and the model card names their checksum', async (t) => {
  const folder = join(import.meta.dirname, '../../weights');
  const { experts, checksum } = await shippedPriorModel();
  for (const { network, weights } of experts)
    t.deepEqual(Object.keys(weights).sort(), Object.keys(parameterShapes(network)).sort());
  t.true((await stat(join(folder, weightsFile))).size <= 5e6);
  t.true((await readFile(join(folder, 'MODEL_CARD.md'), 'utf8')).includes(checksum));
});
