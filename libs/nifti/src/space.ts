/** What the world coordinates of an image mean: NIfTI's codes 0 to 5 (`template`: one that has no code of its own). */
export type SpaceName = 'unknown' | 'scanner' | 'aligned' | 'talairach' | 'mni' | 'template';

const names: readonly SpaceName[] = ['unknown', 'scanner', 'aligned', 'talairach', 'mni', 'template'];

/** The form code of a space. */
export function codeOfSpace(space: SpaceName): number {
  return names.indexOf(space);
}

/** The space of a form code. A code that the standard does not have places voxels, but says no more: `aligned`. */
export function spaceOfCode(code: number): SpaceName {
  return names[code] ?? (code > 0 ? 'aligned' : 'unknown');
}
