import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { UsageError } from '@oinr/errors';
import { userPath } from '../folders.ts';
import { didYouMean } from './nearest.ts';
import { missingValue, type Option } from './option.ts';
import { type AnyStageConfig, type ConfigOf, isDefault, optionName, schemaOf } from './stageConfig.ts';

// Nx takes these for itself even after the target, so a stage never sees them and must not offer them.
const eatenByNx = ['parallel', 'configuration', 'verbose', 'skip-nx-cache', 'batch'];

/**
 * The configuration that the words of a command line say. Options and the words that belong to none may come in any
 * order; a list ends at the next option. `helpCommand` is what shows all options.
 *
 * @throws UsageError for unknown options, missing or bad values, and words that belong to no option.
 */
export function parseCommandLine<Stage extends AnyStageConfig>(
  stage: Stage,
  words: readonly string[],
  helpCommand = 'npx nx run pipeline:help',
): ConfigOf<Stage> {
  const byName = namedOptions(stage);
  const { given, operands } = collectWords(words, byName, stage.operand !== undefined, helpCommand);
  const values: Record<string, unknown> = {};
  if (stage.operand !== undefined && operands.length === 0) operands.push(...takenByList(words, given));
  if (stage.operand !== undefined && operands.length > 0)
    values[stage.operand] = stage.options[stage.operand].read(operands, stage.operand);
  for (const [name, own] of given) {
    const { key, option, toValue } = byName.get(name) as NamedOption;
    const value = option.read(own, name);
    if (Object.hasOwn(values, key)) throw saidTwice(key, stage.options[key]);
    values[key] = toValue === undefined ? value : toValue(value as never);
  }
  for (const [key, { whenMissing }] of Object.entries(stage.options))
    if (whenMissing !== undefined && values[key] === undefined) throw new UsageError(whenMissing);
  const config = schemaOf(stage).parse(values) as ConfigOf<Stage>;
  stage.check?.(config as never);
  return config;
}

/**
 * The words that say a configuration: `parseCommandLine(stage, printCommandLine(stage, config))` is the configuration
 * again. Values that are the default are left out.
 */
export function printCommandLine<Stage extends AnyStageConfig>(
  stage: Stage,
  config: Readonly<Record<string, unknown>>,
): string[] {
  const options = Object.entries(stage.options);
  const words = options.flatMap(([key, option]): string[] => {
    const value = config[key];
    if (value === undefined || key === stage.operand || isDefault(option, value)) return [];
    return wordsOf(optionName(key), option, value);
  });
  const { operand } = stage;
  if (operand === undefined || config[operand] === undefined) return words;
  // Before the options: a list would take it for its own.
  return [...stage.options[operand].print(config[operand] as never), ...words];
}

function wordsOf(name: string, option: Option, value: unknown): string[] {
  const own = option.print(value as never);
  if (option.takes === 'nothing') return [`--${name}`];
  // A value with a hyphen in front would be taken for an option.
  if (own.some((word) => word.startsWith('-'))) return own.map((word) => `--${name}=${word}`);
  return [`--${name}`, ...own];
}

interface NamedOption {
  /** The name of its value in the configuration. */
  readonly key: string;
  readonly option: Option;
  readonly toValue?: (value: never) => unknown;
}

/** The options by their names on the command line. */
function namedOptions({ options, operand }: AnyStageConfig): Map<string, NamedOption> {
  const named = new Map<string, NamedOption>();
  for (const [key, option] of Object.entries(options)) {
    if (key === operand) continue;
    const { alsoAs } = option;
    if (alsoAs !== undefined) named.set(alsoAs.name, { key, option: alsoAs.option, toValue: alsoAs.toValue });
    named.set(optionName(key), { key, option });
  }
  return named;
}

/**
 * The scan or folder behind a list of words, which takes all words that follow: the last word of the command, where it
 * is there on the disk. The list keeps the others.
 */
function takenByList(words: readonly string[], given: ReadonlyMap<string, string[]>): string[] {
  const last = words.at(-1);
  const list = [...given.values()].find((values) => values.length > 1 && values.at(-1) === last);
  if (last === undefined || list === undefined || !existsSync(userPath(last))) return [];
  return list.splice(-1);
}

/** The words that follow each option, and those that follow none. */
function collectWords(
  words: readonly string[],
  byName: ReadonlyMap<string, NamedOption>,
  takesOperands: boolean,
  helpCommand: string,
): { given: Map<string, string[]>; operands: string[] } {
  const { tokens } = parseArgs({
    args: [...words],
    options: Object.fromEntries(
      [...byName].map(([name, { option }]) => [
        name,
        { type: option.takes === 'nothing' ? 'boolean' : 'string', multiple: true } as const,
      ]),
    ),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const given = new Map<string, string[]>();
  const operands: string[] = [];
  let list: string[] | undefined;
  for (const token of tokens) {
    if (token.kind === 'option-terminator') {
      list = undefined;
      continue;
    }
    if (token.kind === 'positional') {
      if (list !== undefined) list.push(token.value);
      else if (takesOperands) operands.push(token.value);
      else throw strayWord(token.value, helpCommand);
      continue;
    }
    const option = byName.get(token.name)?.option;
    if (option === undefined || !token.rawName.startsWith('--'))
      throw unknownOption(token.rawName, [...byName.keys()], helpCommand);
    const { takes } = option;
    const earlier = given.get(token.name);
    if (earlier !== undefined && takes !== 'words')
      throw new UsageError(`--${token.name} was given twice; give it once.`);
    const values = earlier ?? [];
    if (takes === 'nothing' && token.value !== undefined)
      throw new UsageError(
        `--${token.name} takes no value, but ${JSON.stringify(token.value)} was given; leave it out.`,
      );
    // A value that begins with two hyphens is the next option, swallowed because a value was forgotten.
    if (token.value?.startsWith('--') && token.inlineValue === false) throw missingValue(token.name, option);
    if (token.value !== undefined) values.push(token.value);
    given.set(token.name, values);
    list = takes === 'words' ? values : undefined;
  }
  if (operands.length > 1) throw strayWord(operands[1], helpCommand);
  return { given, operands };
}

function saidTwice(key: string, { alsoAs }: Option): UsageError {
  return new UsageError(
    `--${alsoAs?.name} and --${optionName(key)} say the same in two ways; give one of them.`,
  );
}

function unknownOption(rawName: string, known: readonly string[], helpCommand: string): UsageError {
  const bare = rawName.replace(/^-+/, '');
  if (eatenByNx.includes(bare))
    return new UsageError(`${rawName} is an option of Nx, not of this stage; leave it out.`);
  return new UsageError(
    `Unknown option ${rawName}.${didYouMean(bare, known, '--')} All options: ${helpCommand}`,
  );
}

function strayWord(word: string, helpCommand: string): UsageError {
  return new UsageError(
    `${JSON.stringify(word)} belongs to no option; options begin with two hyphens. All options: ${helpCommand}`,
  );
}
