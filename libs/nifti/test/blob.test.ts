import { gzipSync } from 'node:zlib';
import test from 'ava';
import {
  decodeNifti,
  encodeNifti,
  NiftiError,
  readBlobHeader,
  readBlobVolume,
  volumeBlob,
  volumeOf,
} from '../src/index.ts';

// Files as a page gets them, in Node, which has the same Blob and the same streams; the page is tested in a browser.

const grid = { shape: [5, 4, 3], affine: [-1, 0, 0, 2, 0, 1.5, 0, -3, 0, 0, 4, 1, 0, 0, 0, 1] } as const;
const data = Float32Array.from({ length: 60 }, (_, n) => Math.sin(n));
const volume = { grid, data };
const file = (bytes: Uint8Array, name: string): File => new File([new Uint8Array(bytes)], name);
const bytesOf = async (blob: Blob): Promise<Uint8Array> => new Uint8Array(await blob.arrayBuffer());

for (const name of ['x.nii', 'x.nii.gz'])
  test(`${name}: a file handed to a page is read as one on disk`, async (t) => {
    const bytes = await encodeNifti(volume, name, { datatype: 'int16' });
    const expected = await decodeNifti(bytes, name);
    const header = await readBlobHeader(file(bytes, name));
    t.deepEqual(JSON.stringify(header), JSON.stringify(expected.header));
    t.deepEqual(await readBlobVolume(file(bytes, name)), volumeOf(expected, name));
  });

test('what a page saves says what the command writes', async (t) => {
  t.deepEqual(
    await bytesOf(await volumeBlob(volume, 'x.nii', { description: 'filled' })),
    new Uint8Array(await encodeNifti(volume, 'x.nii', { description: 'filled' })),
  );
  const zipped = await bytesOf(await volumeBlob(volume, 'x.nii.gz'));
  t.deepEqual([...zipped.subarray(0, 2)], [0x1f, 0x8b]);
  t.deepEqual(volumeOf(await decodeNifti(zipped, 'x.nii.gz'), 'x.nii.gz'), volume);
});

test('damaged, cut off and empty files are refused by the sentences of the command', async (t) => {
  const plain = await encodeNifti({ grid, data: data.map(() => Math.random()) }, 'x.nii');
  const zipped = gzipSync(plain);
  const refusal = async (read: Promise<unknown>): Promise<string> =>
    (await t.throwsAsync(read, { instanceOf: NiftiError }))?.message ?? '';
  for (const bytes of [new Uint8Array(), zipped.subarray(0, zipped.length - 20), plain.subarray(0, 400)]) {
    const handed = await refusal(readBlobVolume(file(bytes, 'x.nii.gz')));
    t.is(handed, await refusal(decodeNifti(bytes, 'x.nii.gz')));
  }
  const flipped = Uint8Array.from(zipped);
  flipped[flipped.length - 6] ^= 0xff; // the checksum
  // Node's stream takes all bytes before it looks at them, so which of the two it says is tested in a browser.
  t.regex(await refusal(readBlobVolume(file(flipped, 'x.nii.gz'))), /damaged gzip data|truncated/);
});

test('more than one volume is refused before its voxels are read', async (t) => {
  const bytes = new Uint8Array(await encodeNifti(volume, 'x.nii'));
  new DataView(bytes.buffer).setInt16(40, 4, true);
  new DataView(bytes.buffer).setInt16(48, 1000, true);
  await t.throwsAsync(readBlobVolume(file(bytes, 'x.nii')), { message: /holds 1000 volumes/ });
});
