export { gammaVariate } from './gammaVariate.ts';
export type { RandomStream } from './randomStream.ts';
export { stream } from './stream.ts';
