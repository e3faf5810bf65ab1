import { clinicalScan } from './clinicalScan.ts';
import { colin27 } from './colin27.ts';
import { firstCommand } from './firstCommand.ts';
import { joining } from './joining.ts';
import { ninePeople } from './ninePeople.ts';
import { phantomStudy } from './phantomStudy.ts';
import { predictedError } from './predictedError.ts';
import type { Recipe } from './recipe.ts';

/** Every record that documents quote. */
export const recipes: readonly Recipe[] = [
  firstCommand,
  clinicalScan,
  colin27,
  predictedError,
  joining,
  ninePeople,
  phantomStudy,
];
