import { errorMessage, InputError } from '@oinr/errors';
import { fillBytes } from '@oinr/scan';

// Memory of the machine: told before it is taken, refused where it cannot suffice, and a sentence where it ran out anyway.

/** What onnxruntime-web holds beside: 1.8 GB were seen in all where 0.7 GB are told otherwise, on a head of 5.9 million voxels. */
const engineBytes = 2 ** 30;

/** Bytes that the page may hold at its peak: while a volume of so many voxels is filled, by an interpolation or by a network. */
export function pageBytes(voxels: number, isTrained: boolean): number {
  return fillBytes(voxels, isTrained) + (isTrained ? engineBytes : 0);
}

/** Browsers tell no more than this, so as to tell machines apart less; it means this much or more. */
const mostToldGigabytes = 8;

const gigabyte = 2 ** 30;
const inGigabytes = (bytes: number): string => `${(bytes / gigabyte).toFixed(1)} GB`;
const whatToDo =
  'Set a larger spacing, choose an interpolation in place of a network, or use a machine with more memory.';

/** What the browser says that the machine has: GB, rounded to a power of two. Undefined where it says nothing (not Chromium, or no https). */
function toldGigabytes(): number | undefined {
  return (navigator as { readonly deviceMemory?: number }).deviceMemory;
}

/** How much may be needed, and whether it may be too much for this machine. */
export function memoryInWords(bytes: number): string {
  const needed = `Filling may take about ${inGigabytes(bytes)} of memory.`;
  const here = toldGigabytes();
  if (here === undefined || bytes <= 0.75 * here * gigabyte) return needed;
  const orMore = here >= mostToldGigabytes ? ' or more' : '';
  return `${needed} This machine says that it has ${here} GB${orMore}. ${whatToDo}`;
}

/**
 * Refuses what this machine cannot hold, before any of it is held.
 *
 * @param work What would need it, such as `Filling scan.nii by auto`.
 * @throws InputError where more is needed than the machine says that it has; never where it may have more than it can say.
 */
export function checkMemory(bytes: number, work: string): void {
  const here = toldGigabytes();
  if (here === undefined || here >= mostToldGigabytes || bytes <= here * gigabyte) return;
  throw new InputError(
    `${work} may take about ${inGigabytes(bytes)} of memory, and this machine says that it has ${here} GB: nothing was begun. ${whatToDo}`,
  );
}

/** What browsers and WebAssembly say when memory runs out. */
const signs =
  /allocation failed|failed to allocate|out of memory|\boom\b|array length|memory\.grow|enlarge memory|bad_alloc|could not allocate/i;

/** Whether an error says that memory ran out. */
export function isOutOfMemory(error: unknown): boolean {
  return error instanceof RangeError || signs.test(errorMessage(error));
}

/** The sentence for an error that says that memory ran out. */
export function outOfMemoryInWords(error: unknown): string {
  return `This browser has too little memory for it (${errorMessage(error)}); nothing was changed. Close other pages, choose an interpolation or a larger spacing, or use the command oinr impute.`;
}
