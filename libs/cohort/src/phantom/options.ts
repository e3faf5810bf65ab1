import { z } from 'zod';
import { CohortError } from '../errors.ts';

/** Share of the full effect that each group shows. */
export const groupSeverity = { CN: 0, MCI: 0.5, AD: 1 } as const;

export type PhantomGroup = keyof typeof groupSeverity;

const optionsSchema = z.strictObject({
  /** Subjects in each group. */
  perGroup: z.int().min(1).max(999).default(10),
  /** Edge of the cubic voxels in mm. */
  voxelSize: z.number().min(1).max(8).default(3),
  seed: z.int().default(1),
  /** 1 is the disease as described, 0 a cohort without any difference between its groups. */
  effectScale: z.number().min(0).max(1.2).default(1),
  /** Standard deviation of the noise in each channel, as a share of white matter's intensity. */
  noise: z.number().min(0).max(0.3).default(0.03),
  /** Standard deviation of the random displacement along each axis in mm: what registration left over. */
  deformation: z.number().min(0).max(1.5).default(0.7),
  /** The groups to make; first named minus second in every comparison. */
  groups: z
    .array(z.enum(['CN', 'MCI', 'AD']))
    .min(1)
    .refine((groups) => new Set(groups).size === groups.length, 'a group is named twice')
    .default(['CN', 'AD']),
});

/** What a phantom cohort is made from; every option has a default (see phantomOptions). */
export type PhantomOptions = z.infer<typeof optionsSchema>;

/** Completes and checks options. Throws a CohortError that names each option at fault. */
export function phantomOptions(given: Readonly<Partial<PhantomOptions>> = {}): PhantomOptions {
  const checked = optionsSchema.safeParse(given);
  if (checked.success) return checked.data;
  const faults = checked.error.issues.map((issue) => {
    const name = issue.path.join('.');
    return name === '' ? issue.message : `${name}: ${issue.message}`;
  });
  throw new CohortError(`The options of the phantom cohort are not right. ${faults.join('; ')}.`);
}
