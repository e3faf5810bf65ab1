import { nearest } from '@oinr/pipelines';
import { UsageError } from './errors.ts';

/** What an option takes: nothing, one value, or all values up to the next option. */
export type OptionKind = 'flag' | 'value' | 'list';

/** Parsed options: `true` for a flag, otherwise the values. */
export type ParsedOptions = ReadonlyMap<string, readonly string[]>;

/**
 * Parses `--name value`, `--name=value`, `--flag` and `--list a b c`. Throws a UsageError for an unknown option (with
 * the nearest known one), a missing value, an option given twice, or a word that belongs to none.
 */
export function parseOptions(
  args: readonly string[],
  kinds: Readonly<Record<string, OptionKind>>,
  command: string,
): ParsedOptions {
  const parsed = new Map<string, string[]>();
  const hint = `Run \`${command} --help\`.`;
  for (let i = 0; i < args.length; i++) {
    const word = args[i];
    if (!word.startsWith('--')) throw new UsageError(`'${word}' belongs to no option. ${hint}`);
    const equals = word.indexOf('=');
    const name = equals < 0 ? word.slice(2) : word.slice(2, equals);
    if (!Object.hasOwn(kinds, name)) throw unknownOption(name, Object.keys(kinds), hint);
    if (parsed.has(name)) throw new UsageError(`--${name} is given twice.`);
    const values: string[] = equals < 0 ? [] : [word.slice(equals + 1)];
    const most = kinds[name] === 'flag' ? 0 : kinds[name] === 'value' ? 1 : Number.POSITIVE_INFINITY;
    while (values.length < most && i + 1 < args.length && !isOption(args[i + 1])) values.push(args[++i]);
    if (kinds[name] !== 'flag' && values.length === 0)
      throw new UsageError(`--${name} needs a value. ${hint}`);
    if (kinds[name] === 'flag' && values.length > 0) throw new UsageError(`--${name} takes no value.`);
    parsed.set(name, values);
  }
  return parsed;
}

function unknownOption(name: string, known: readonly string[], hint: string): UsageError {
  const guess = nearest(name, known);
  return new UsageError(
    `There is no option --${name}. ${guess === undefined ? '' : `Did you mean --${guess}? `}${hint}`,
  );
}

/** A negative number is a value, not an option. */
function isOption(word: string): boolean {
  return word.startsWith('--') && word.length > 2;
}

/** The single value of an option, or the default. */
export function text(options: ParsedOptions, name: string): string | undefined {
  return options.get(name)?.[0];
}

/** The single value of a required option. */
export function required(options: ParsedOptions, name: string, command: string): string {
  const value = text(options, name);
  if (value === undefined || value === '') {
    throw new UsageError(`--${name} is missing. Run \`${command} --help\`.`);
  }
  return value;
}

/** A number; throws a UsageError for anything else. */
export function number(options: ParsedOptions, name: string): number | undefined {
  const value = text(options, name);
  if (value === undefined) return undefined;
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(value.trim())) {
    throw new UsageError(`--${name} takes a number, but got '${value}'.`);
  }
  return Number(value);
}
