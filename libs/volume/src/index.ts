export type { Affine, AnatomicalAxis, ArrayAxis, Grid, Volume } from './volume.ts';
