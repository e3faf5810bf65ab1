import type { FitResult } from '@oinr/inr';

/** What people should know about how a fit went; empty for most. */
export function fitRemarks({ restarts, parts }: FitResult): string[] {
  const remarks: string[] = [];
  if (restarts > 0) {
    const times = restarts === 1 ? 'once' : `${restarts} times`;
    remarks.push(`Training diverged and was started again ${times}, each with half the learning rate.`);
  }
  if (parts > 1) {
    remarks.push(
      `The memory of the device did not hold a whole batch: each was taken in ${parts} parts, with the same result.`,
    );
  }
  return remarks;
}
