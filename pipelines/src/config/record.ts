import { z } from 'zod';
import type { Option } from './option.ts';
import { type AnyStageConfig, type ConfigOf, isDefault, optionName } from './stageConfig.ts';

/** Changes whenever records of an older program cannot be read any more. */
const version = 2;

/** What run.json says in place of a path: that one was given. Where things lie on a machine stays out of it. */
const given = { given: true } as const;

/** A configuration as it was recorded: values as they were, of paths only that they were given. */
export type Recorded<Stage extends AnyStageConfig> = {
  readonly [Name in keyof ConfigOf<Stage>]: Stage['options'][Name] extends { readonly isPath: true }
    ? typeof given | undefined
    : ConfigOf<Stage>[Name];
};

/** A configuration for run.json, by the names of the command line. */
export function recordOf<Stage extends AnyStageConfig>(
  { options }: Stage,
  config: ConfigOf<Stage>,
): Record<string, unknown> {
  const values: [string, unknown][] = [['version', version]];
  for (const [key, option] of Object.entries(options)) {
    const value = config[key];
    // A folder that was not named has told nothing of the machine.
    if (value !== undefined && !(option.isPath && isDefault(option, value)))
      values.push([optionName(key), option.isPath ? given : (option.toRecord?.(value as never) ?? value)]);
  }
  return Object.fromEntries(values);
}

/**
 * A recorded configuration by the schema that wrote it; undefined for one of another version of the program, or none
 * at all.
 */
export function readRecord<Stage extends AnyStageConfig>(
  { options }: Stage,
  recorded: unknown,
): Recorded<Stage> | undefined {
  const schema = z.strictObject({
    version: z.literal(version),
    ...Object.fromEntries(
      Object.entries(options).map(([key, option]) => [optionName(key), recordedSchema(option)]),
    ),
  });
  const read = schema.safeParse(recorded);
  if (!read.success) return undefined;
  const values: Readonly<Record<string, unknown>> = read.data;
  return Object.fromEntries(
    Object.keys(options).map((key) => [key, values[optionName(key)]]),
  ) as Recorded<Stage>;
}

function recordedSchema({ isPath, schema }: Option): z.ZodType {
  return isPath ? z.strictObject({ given: z.literal(true) }).optional() : schema;
}

/** A recorded configuration with a word in place of every path, such as DIR, to be printed as a command. */
export function withPlaceholders<Stage extends AnyStageConfig>(
  { options }: Stage,
  recorded: Recorded<Stage>,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(options).map(([key, { isPath, takes, value = 'PATH' }]) => {
      const own = recorded[key];
      if (!isPath || own === undefined) return [key, own];
      return [key, takes === 'words' ? [value.split(' ')[0]] : value];
    }),
  );
}
