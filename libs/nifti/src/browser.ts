// What of this package needs no Node. The bundler of the page takes this file in the place of index.ts.
export { readBlobHeader, readBlobVolume, volumeBlob } from './blob.ts';
export { NiftiError } from './errors.ts';
export type { NiftiHeader } from './header.ts';
export type { SpaceName } from './space.ts';
