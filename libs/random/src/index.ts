export { naturalLogarithm } from './naturalLogarithm.ts';
export type { RandomStream, Shufflable } from './randomStream.ts';
export { stream } from './stream.ts';
