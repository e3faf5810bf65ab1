import { type SliceIntensities, sliceIntensities } from '@oinr/slices';
import type { ArrayAxis, Volume } from '@oinr/volume';
import type { Scan } from './scan.ts';

/** What is done about slices that are brighter or darker than their neighbours. */
export const sliceIntensityChoices = ['report', 'correct'] as const;
export type SliceIntensityChoice = (typeof sliceIntensityChoices)[number];

/** A scan whose slices were looked at, and evened out where that was asked for. */
export interface EvenedScan {
  readonly scan: Scan;
  /** Sentences for the sidecar. */
  readonly remarks: readonly string[];
  /** What every acquired slice was divided by; absent where the scan is as measured. */
  readonly factors?: readonly number[];
}

/** Looks for stripes across the slices, and divides them out where `choice` says so and there are some. */
export function evenSlices(scan: Scan, axis: ArrayAxis, choice: SliceIntensityChoice): EvenedScan {
  const found = sliceIntensities(scan.volume.data, scan.volume.grid.shape, axis);
  if (found.factors.every((factor) => factor === 1)) return { scan, remarks: [] };
  const what = inWords(found);
  if (choice === 'report')
    return {
      scan,
      remarks: [
        `${what}, and the filled volume shows it as stripes. --slice-intensity correct divides it out before slices are filled.`,
      ],
    };
  return {
    scan: {
      ...scan,
      volume: divided(scan.volume, axis, found.factors),
      scaled: divided(scan.scaled, axis, found.factors),
    },
    remarks: [
      `${what}; slices were divided by the factors in SliceIntensityFactors before they were filled.`,
    ],
    factors: found.factors,
  };
}

function inWords({ evenOverOdd, outstanding, factors }: SliceIntensities): string {
  const percent = (ratio: number): string => `${(100 * Math.abs(ratio - 1)).toFixed(1)} %`;
  const turns =
    evenOverOdd === 1
      ? []
      : [
          `slices 0, 2, 4, ... are ${percent(evenOverOdd)} ${evenOverOdd > 1 ? 'brighter' : 'darker'} than those between them (acquired by turns)`,
        ];
  const listed = outstanding
    .toSorted((a, b) => a - b)
    .map((n) => `${n} (${factors[n] > 1 ? 'brighter' : 'darker'}, factor ${factors[n].toFixed(2)})`);
  const single =
    listed.length === 0
      ? []
      : [
          `${listed.length === 1 ? 'slice' : 'slices'} ${listed.join(', ')} ${listed.length === 1 ? 'stands' : 'stand'} out against the neighbours`,
        ];
  const sentence = [...turns, ...single].join(', and ');
  return `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}`;
}

/** Every slice along an array axis divided by its factor. */
function divided({ grid, data }: Volume, axis: ArrayAxis, factors: readonly number[]): Volume {
  const stride = [1, grid.shape[0], grid.shape[0] * grid.shape[1]][axis];
  const length = grid.shape[axis];
  return {
    grid,
    data: data.map((value, i) => value / factors[Math.floor(i / stride) % length]),
  };
}
