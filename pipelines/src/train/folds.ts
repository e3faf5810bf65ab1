import { safeJoin } from '@oinr/run';

/** The name of the run that holds out one fold, when all are trained by one command. */
export function foldRun(run: string, fold: number | ''): string {
  return `${run}-fold${fold}`;
}

/** The folder of a training run that holds weights, checksum and model card. */
export function operatorFolder(runFolder: string): string {
  return safeJoin(runFolder, 'operator');
}
