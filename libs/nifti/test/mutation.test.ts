import { constants, gunzipSync, gzipSync } from 'node:zlib';
import { affineFromQuaternion } from '@oinr/volume';
import test from 'ava';
import fc from 'fast-check';
import { decodeNifti, encodeNifti, NiftiError, type NiftiImage } from '../src/index.ts';
import { codes, header, plainFile, plainSform, twelve, voxels } from './fixtures.ts';

const runs = Number(process.env.OINR_MUTATIONS ?? 10_000);
const seed = Number(process.env.OINR_MUTATION_SEED ?? 20261123);

/** Small files of every kind that mutations start from. */
async function seeds(): Promise<readonly Uint8Array[]> {
  const tilted = {
    shape: [3, 2, 2] as const,
    affine: affineFromQuaternion({ b: 0.1, c: 0.2, d: 0.3, qfac: -1, sizes: [1, 2, 3], offset: [4, 5, 6] }),
  };
  const written = await encodeNifti({ grid: tilted, data: Float32Array.from(twelve) }, 'x.nii', {
    datatype: 'int16',
  });
  const extended = Buffer.concat([
    header({ voxOffset: 384 }),
    Buffer.from([32, 0, 0, 0, 6, 0, 0, 0]),
    Buffer.alloc(24, 0x20),
    voxels('float32', twelve),
  ]);
  extended[348] = 1;
  const plain = [
    plainFile(),
    plainFile({ littleEndian: false }),
    plainFile({ version: 2 }),
    plainFile({ version: 2, littleEndian: false, sformCode: 0, qformCode: 1 }),
    plainFile({ sformCode: 0, qformCode: 1, quaternion: [0.5, 0.5, 0.5], slope: 2, intercept: 1 }),
    plainFile({ sformCode: 0, dim: [4, 2, 3, 1, 2, 1, 1, 1] }),
    plainFile({ units: 1, sform: plainSform.map((value) => value / 20) }),
    plainFile({ units: 3, qformCode: 1, sform: plainSform.map((value) => value * 20_000) }),
    plainFile({
      version: 2,
      units: 3,
      sformCode: 0,
      qformCode: 2,
      pixdim: [-1, 9000, 9000, 20_000, 1, 1, 1, 1],
    }),
    Buffer.concat([header({ datatype: codes.int64[0] }), voxels('int64', twelve)]),
    extended,
    written,
  ];
  return plain;
}

/** Bytes that matter most: sizeof_hdr, dim, datatype, pixdim, vox_offset, scaling, forms, magic, gzip header and trailer. */
const hotBytes = [
  0, 1, 2, 3, 4, 9, 10, 12, 16, 24, 40, 41, 42, 43, 44, 46, 48, 50, 70, 71, 72, 76, 80, 84, 88, 104, 108, 109,
  110, 111, 112, 116, 123, 123, 168, 175, 176, 184, 252, 253, 254, 256, 260, 264, 268, 280, 296, 312, 344,
  345, 346, 348, 352, 500, 500,
];

const mutation = fc.oneof(
  fc.record({
    kind: fc.constant('byte' as const),
    at: fc.oneof(fc.constantFrom(...hotBytes), fc.nat(600)),
    value: fc.oneof(fc.constantFrom(0, 1, 0x7f, 0x80, 0xff), fc.nat(255)),
  }),
  fc.record({
    kind: fc.constant('word' as const),
    at: fc.constantFrom(...hotBytes),
    value: fc.constantFrom(
      0,
      0xffffffff,
      0x7fffffff,
      0x80000000,
      0x7f800000,
      0x7fc00000,
      0x0000c07f,
      0xff7fffff,
      0x00010001,
    ),
  }),
  fc.record({ kind: fc.constant('cut' as const), at: fc.nat(600), value: fc.nat(40) }),
  fc.record({ kind: fc.constant('double' as const), at: fc.nat(600), value: fc.nat(64) }),
);
type Mutation = typeof mutation extends fc.Arbitrary<infer M> ? M : never;

function mutate(bytes: Uint8Array, { kind, at, value }: Mutation): Uint8Array {
  const where = at % Math.max(1, bytes.length);
  const copy = Buffer.from(bytes);
  if (copy.length === 0) return copy;
  if (kind === 'byte') copy[where] = value;
  else if (kind === 'word' && where + 4 <= copy.length) copy.writeUInt32LE(value >>> 0, where);
  else if (kind === 'cut') return Buffer.concat([copy.subarray(0, where), copy.subarray(where + value)]);
  else if (kind === 'double') {
    return Buffer.concat([copy.subarray(0, where + value), copy.subarray(where)]);
  }
  return copy;
}

/** The bytes of the header that a reader sees; what follows the voxels may be damaged. */
function inflated(bytes: Uint8Array): Uint8Array {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  return gunzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH });
}

/** Compares an affine with the fields of the header that the rule (sform, qform, pixdim) chooses. */
function geometryProblem(
  head: NiftiImage['header'],
  affine: readonly number[],
  raw: Uint8Array,
): string | undefined {
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  const isFirst = head.version === 1;
  const number = (first: number, second: number, index: number) =>
    isFirst
      ? view.getFloat32(first + 4 * index, head.littleEndian)
      : view.getFloat64(second + 8 * index, head.littleEndian);
  const code = (first: number, second: number) =>
    isFirst ? view.getInt16(first, head.littleEndian) : view.getInt32(second, head.littleEndian);
  const isSform = code(254, 348) > 0;
  const isQform = code(252, 344) > 0;
  const sizes = [0, 1, 2].map((axis) =>
    isSform
      ? Math.hypot(number(280, 400, axis), number(280, 400, 4 + axis), number(280, 400, 8 + axis))
      : Math.abs(number(76, 104, axis + 1)) || 1,
  );
  const longest = Math.max(...sizes.map((size, axis) => size * (head.dimensions[axis] ?? 1)));
  const unit = unitOf((isFirst ? view.getUint8(123) : code(0, 500)) & 7, longest);
  const isChanged = unit !== 1 || longest < 2 || longest > 2000;
  if (isChanged && !head.remarks.some((remark) => remark.includes('millimetres'))) return 'a silent unit';
  if (isSform) {
    const isIt = affine
      .slice(0, 12)
      .every((value, index) => Object.is(value, number(280, 400, index) * unit));
    if (!isIt) return 'another affine than the sform';
    const isOther = [0, 1, 2].some(
      (axis) =>
        (head.dimensions[axis] ?? 1) > 1 &&
        !(Math.abs(Math.abs(number(76, 104, axis + 1)) - sizes[axis]) <= 0.0101 * sizes[axis]),
    );
    if (isOther && !head.remarks.some((remark) => remark.includes('two voxel sizes'))) return 'silent sizes';
    const isSpace = ['scanner', 'aligned', 'talairach', 'mni', 'template'].indexOf(head.space) + 1;
    const formCode = code(254, 348);
    return isSpace === (formCode > 5 ? 2 : formCode) ? undefined : 'another space';
  }
  for (const axis of [0, 1, 2]) {
    const size = sizes[axis] * unit;
    const length = Math.hypot(affine[axis], affine[4 + axis], affine[8 + axis]);
    if (Math.abs(length / size - 1) > 1e-6) return 'other voxel sizes than pixdim';
    const half = ((head.dimensions[axis] ?? 1) - 1) / 2;
    const origin = isQform ? number(268, 376, axis) * unit : (axis === 0 ? 1 : -1) * half * size;
    if (Math.abs(affine[4 * axis + 3] - origin) > 1e-6 * Math.abs(origin)) return 'another origin';
  }
  if (
    !isQform &&
    !(head.space === 'unknown' && head.remarks.some((remark) => remark.includes('left and right')))
  )
    return 'an orientation from nowhere';
  return undefined;
}

/** Millimetres in a unit: of the code's reading and millimetres, that by which the image is nearer to 200 mm long. */
function unitOf(code: number, longest: number): number {
  const other = code === 1 ? 1000 : code === 3 ? 0.001 : 1;
  // Two readings of one length are equally far from 200 mm where their geometric mean is.
  const middle = longest * Math.sqrt(other);
  return (other > 1 && middle <= 200) || (other < 1 && middle >= 200) ? other : 1;
}

/** What must hold of every image that was accepted, whatever was done to its file. */
function problemOf(
  { header: head, grid, stored, slope, intercept }: NiftiImage,
  size: number,
  raw: Uint8Array,
): string | undefined {
  const voxelCount = head.dimensions.reduce((product, one) => product * one, 1);
  if (stored.length !== voxelCount) return 'another number of voxels than the header says';
  if (stored.byteLength !== head.dataBytes) return 'another number of bytes than the header says';
  if (stored.byteLength > 1032 * size) return 'more bytes than the file can hold';
  if (stored.buffer.byteLength > stored.byteLength) return 'memory beyond the voxels';
  for (const axis of [0, 1, 2] as const) {
    if (grid.shape[axis] !== (head.dimensions[axis] ?? 1)) return 'a grid of another shape';
  }
  if (grid.affine.length !== 16 || !grid.affine.every(Number.isFinite)) return 'an affine that is not finite';
  const wrong = geometryProblem(head, grid.affine, raw);
  if (wrong !== undefined) return wrong;
  const [a, b, c, , d, e, f, , g, h, i] = grid.affine;
  if (a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g) === 0) return 'a singular affine';
  if (!Number.isFinite(slope) || slope === 0 || !Number.isFinite(intercept)) return 'no scaling';
  return undefined;
}

test(`${runs} mutated files are read consistently or refused with a sentence`, async (t) => {
  t.timeout(240_000);
  const files = await seeds();
  let accepted = 0;
  let refused = 0;
  const peak = (): number => process.resourceUsage().maxRSS;
  const peakBefore = peak();
  await fc.assert(
    fc.asyncProperty(
      fc.nat(files.length - 1),
      fc.array(mutation, { minLength: 1, maxLength: 3 }),
      fc.constantFrom('plain', 'gzipped after', 'gzipped before'),
      async (which, mutations, wrap) => {
        const start = wrap === 'gzipped before' ? gzipSync(files[which]) : files[which];
        const mutated = mutations.reduce(mutate, start);
        const bytes = wrap === 'gzipped after' ? gzipSync(mutated) : mutated;
        const before = performance.now();
        try {
          const image = await decodeNifti(bytes, 'x.nii');
          const problem = problemOf(image, bytes.length, inflated(bytes));
          if (problem !== undefined) throw new Error(problem);
          accepted++;
        } catch (error) {
          if (!(error instanceof NiftiError)) throw error;
          if (!/^x\.nii .{10,400}\.$/s.test(error.message))
            throw new Error(`No sentence: ${error.message}`, { cause: error });
          refused++;
        }
        if (performance.now() - before > 5000) throw new Error('This file took more than five seconds.');
      },
    ),
    { numRuns: runs, seed },
  );
  // Files of some hundred bytes, many of whose headers speak of gigabytes: kilobytes of maxRSS, at most 300 MB.
  t.true(peak() - peakBefore < 300_000, `${peak() - peakBefore} kB more memory`);
  t.log(`${accepted} read, ${refused} refused`);
  // Both ways must be exercised, or the mutations prove nothing.
  t.true(accepted > runs / 20 && refused > runs / 20);
});

test('without mutation every seed is read', async (t) => {
  const plain = await seeds();
  for (const bytes of [...plain, ...plain.map((file) => gzipSync(file))]) {
    const image = await decodeNifti(bytes, 'x.nii');
    t.is(problemOf(image, bytes.length, inflated(bytes)), undefined);
    t.is(image.stored.length, 12);
  }
});
