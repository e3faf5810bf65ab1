import { z } from 'zod';
import type { Option } from './option.ts';

/** The options of a stage by the names that their values have in the configuration (`sliceThickness`). */
export type Options = Readonly<Record<string, Option>>;

/** What a stage is told: one value for each of its options. */
export type ConfigOf<Stage extends AnyStageConfig> = {
  readonly [Name in keyof Stage['options']]: z.output<Stage['options'][Name]['schema']>;
};

/**
 * All that can be said to a stage. From this one place come the command line, its help and defaults, what run.json
 * records, the command that a report prints, and the type that the stage takes.
 */
export interface StageConfig<Own extends Options> {
  /** The stage, as it is started. */
  readonly stage: string;
  readonly options: Own;
  /** The option that words without an option belong to, such as the scan of `oinr impute scan.nii.gz`. */
  readonly operand?: keyof Own & string;
  /** What one option alone cannot tell. @throws UsageError for options that do not fit together. */
  check?(config: { readonly [Name in keyof Own]: z.output<Own[Name]['schema']> }): void;
}

/** One of any stage. */
export interface AnyStageConfig {
  readonly stage: string;
  readonly options: Options;
  readonly operand?: string;
  check?(config: never): void;
}

/** Only to let the compiler see the options' own types. */
export function stageConfig<const Own extends Options>(stage: StageConfig<Own>): StageConfig<Own> {
  return stage;
}

/** The schema of a stage's whole configuration; what it does not know is refused. */
export function schemaOf({ options }: Pick<AnyStageConfig, 'options'>): z.ZodObject {
  return z.strictObject(
    Object.fromEntries(Object.entries(options).map(([name, { schema }]) => [name, schema])),
  );
}

/** The part of a larger configuration that a stage takes; what is missing there gets its default. */
export function partOf<Stage extends AnyStageConfig>(
  stage: Stage,
  whole: Readonly<Record<string, unknown>>,
): ConfigOf<Stage> {
  const known = Object.entries(whole).filter(([name]) => Object.hasOwn(stage.options, name));
  return schemaOf(stage).parse(Object.fromEntries(known)) as ConfigOf<Stage>;
}

/** `--slice-thickness` for `sliceThickness`, without the hyphens in front. */
export function optionName(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** Whether a value is what an option has where it is not given. */
export function isDefault({ schema }: Option, value: unknown): boolean {
  const standard = schema.safeParse(undefined);
  return standard.success && JSON.stringify(standard.data) === JSON.stringify(value);
}
