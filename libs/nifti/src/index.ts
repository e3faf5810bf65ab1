export type { Datatype, DatatypeName, StoredArray } from './datatypes.ts';
export { NiftiError } from './errors.ts';
export type { AffineSource } from './geometry.ts';
export type { NiftiHeader } from './header.ts';
export type { NiftiImage } from './read.ts';
export { decodeNifti, readHeader, readImage, readVolume, volumeOf } from './read.ts';
export type { SpaceName } from './space.ts';
export type { Intent, WriteOptions } from './write.ts';
export { encodeNifti, writeVolume } from './write.ts';
