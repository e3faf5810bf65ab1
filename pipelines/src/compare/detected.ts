import type { VoxelSet } from '@oinr/agreement';
import type { Criteria } from './criteria.ts';
import type { Tested } from './tested.ts';

/** The test of a data set and the voxels that every criterion calls significant, those of the voxels first. */
export interface Detected {
  readonly tested: Tested;
  readonly sets: readonly { readonly name: string; readonly set: VoxelSet }[];
}

export function detect(tested: Tested, { voxels, extent, tfce }: Criteria): Detected {
  const wanted = [...voxels, extent, tfce].filter((one) => one !== undefined);
  return { tested, sets: wanted.map(({ name, significant }) => ({ name, set: significant(tested) })) };
}
