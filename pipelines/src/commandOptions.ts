import { compareOptions } from './compare/options.ts';
import { readingOptions } from './figures/options.ts';
import { imputeOptions } from './impute/options.ts';
import { describeOptions } from './options/help.ts';
import type { OptionSpecifications } from './options/specification.ts';
import { prepareOptions } from './prepare/options.ts';
import { scanOptions } from './scans/options.ts';

const options = {
  scans: scanOptions,
  prepare: prepareOptions,
  impute: imputeOptions,
  group: { ...readingOptions, ...compareOptions },
  report: readingOptions,
} satisfies Record<string, OptionSpecifications>;

/** See `describeStage` in index.ts. */
export function describeStageOptions(stage: keyof typeof options, without: readonly string[]): string {
  const shown = Object.entries(options[stage]).filter(([name]) => !without.includes(name));
  return describeOptions(Object.fromEntries(shown));
}
