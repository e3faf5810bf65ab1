// Kept slices that no training sees, so that errors can be taken in them without truth.

/** Every `every`-th of `count`, from number `first` on. */
function everyNth(count: number, every: number, first: number): number[] {
  const chosen: number[] = [];
  for (let n = first; n < count; n += every) chosen.push(n);
  return chosen;
}

/** For a network that is trained on the subject alone and needs its slices: every tenth, and at least one of two. */
export function heldOutOfTraining(kept: number): number[] {
  return everyNth(kept, 10, Math.min(5, Math.floor(kept / 2)));
}

/** For an operator that knows other people already: every sixth. Of fewer than four slices none is held out. */
export function heldOutOfTuning(kept: number): number[] {
  return everyNth(kept, 6, 3);
}
