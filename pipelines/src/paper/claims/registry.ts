import { type Claim, notCheckable } from './claim.ts';
import { denoisingClaims } from './denoising.ts';
import { derivativeClaims } from './derivatives.ts';
import { imageClaims } from './images.ts';
import { multiresolutionClaims } from './multiresolution.ts';
import { noiseClaims } from './noise.ts';
import { occupancyClaims } from './occupancy.ts';
import { videoClaims } from './video.ts';
import { weightClaims } from './weights.ts';

/** The paper's claims, in its order. */
export const claims: readonly Claim[] = [
  ...imageClaims,
  ...multiresolutionClaims,
  ...denoisingClaims,
  ...occupancyClaims,
  ...videoClaims,
  ...derivativeClaims,
  ...weightClaims,
  ...noiseClaims,
  notCheckable(
    'Figs 17 and 18, Table 3',
    'Missing slices of brain scans are imputed well enough for a group study.',
    'The stages impute, compare and transfer of this program check it, in runs of their own.',
  ),
];
