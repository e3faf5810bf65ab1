import type { ClusterThreshold } from '@oinr/ttest';
import type { CompareConfig } from './config.ts';

// What the test of a data set reads of its configuration. Apart from the command line, so that a changed word of the
// help makes no result anew.

/** Threshold-free cluster enhancement, where it was asked for; `step`: exact without. */
export function tfceOf({
  tfce,
  tfceStep,
}: Pick<CompareConfig, 'tfce' | 'tfceStep'>): { readonly step?: number } | undefined {
  return tfce || tfceStep !== undefined ? { step: tfceStep } : undefined;
}

/** As it is given on the command line: `p=0.001`. */
export function thresholdInWords({ kind, value }: ClusterThreshold): string {
  return `${kind}=${value}`;
}
