import { parseArgs } from 'node:util';
import { RunError } from '@oinr/run';
import { nearest } from './nearest.ts';
import type { OptionSpecification, OptionSpecifications, ParsedOptions } from './specification.ts';

/** The command line cannot be understood. The message says what is wrong and what was probably meant. */
export class UsageError extends RunError {
  override readonly name = 'UsageError';
}

// Nx takes these for itself even after the target, so a stage never sees them and must not offer them.
const eatenByNx = ['parallel', 'configuration', 'verbose', 'skip-nx-cache', 'batch'];

/**
 * Reads the words of a command line; `helpCommand` is what shows all options.
 *
 * @throws UsageError for unknown options, missing or bad values, and words that belong to no option.
 */
export function parseOptions<Specifications extends OptionSpecifications>(
  words: readonly string[],
  specifications: Specifications,
  helpCommand = 'npx nx run pipeline:help',
): ParsedOptions<Specifications> {
  const given = collectWords(words, specifications, helpCommand);
  const parsed: Record<string, unknown> = {};
  for (const [name, values] of given) {
    const specification = specifications[name];
    if (specification !== undefined) parsed[name] = readValue(name, specification, values);
  }
  return parsed as ParsedOptions<Specifications>;
}

/** The words that follow each option. */
function collectWords(
  words: readonly string[],
  specifications: OptionSpecifications,
  helpCommand: string,
): Map<string, string[]> {
  const types = Object.entries(specifications).map(
    ([name, { kind }]) => [name, { type: kind === 'flag' ? 'boolean' : 'string', multiple: true }] as const,
  );
  const { tokens } = parseArgs({
    args: [...words],
    options: Object.fromEntries(types),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const given = new Map<string, string[]>();
  let list: string[] | undefined;
  for (const token of tokens) {
    if (token.kind === 'positional') {
      if (list === undefined) throw strayWord(token.value, helpCommand);
      list.push(token.value);
      continue;
    }
    if (token.kind === 'option-terminator') continue;
    const specification = specifications[token.name];
    if (specification === undefined || !token.rawName.startsWith('--')) {
      throw unknownOption(token.rawName, specifications, helpCommand);
    }
    const isList = specification.kind === 'list' || specification.kind === 'integers';
    const earlier = given.get(token.name);
    if (earlier !== undefined && !isList)
      throw new UsageError(`--${token.name} was given twice; give it once.`);
    const values = earlier ?? [];
    if (specification.kind === 'flag' && token.value !== undefined) {
      throw new UsageError(
        `--${token.name} takes no value, but ${quoted(token.value)} was given; leave it out.`,
      );
    }
    // A value that begins with two hyphens is the next option, swallowed because a value was forgotten.
    if (token.value?.startsWith('--') && token.inlineValue === false)
      throw missingValue(token.name, specification);
    if (token.value !== undefined) values.push(token.value);
    given.set(token.name, values);
    list = isList ? values : undefined;
  }
  return given;
}

function readValue(name: string, specification: OptionSpecification, words: readonly string[]): unknown {
  const { kind } = specification;
  if (kind === 'flag') return true;
  const isList = kind === 'list' || kind === 'integers';
  const values = isList ? words.flatMap((word) => word.split(/[,\s]+/)).filter((word) => word !== '') : words;
  const first = values[0];
  if (first === undefined || first === '') throw missingValue(name, specification);
  for (const value of values) checkChoice(name, specification, value);
  if (kind === 'list') return [...new Set(values)];
  if (kind === 'integers') return [...new Set(values.map((value) => readNumber(name, specification, value)))];
  if (kind === 'text') return first;
  return readNumber(name, specification, first);
}

function readNumber(name: string, { kind, least, above }: OptionSpecification, word: string): number {
  const value = Number(word.replace(/%$/, ''));
  const mustBeWhole = kind !== 'number';
  const isGood =
    Number.isFinite(value) &&
    (!mustBeWhole || Number.isSafeInteger(value)) &&
    (least === undefined || value >= least) &&
    (above === undefined || value > above);
  if (isGood) return value;
  const range = least !== undefined ? ` of at least ${least}` : above !== undefined ? ` above ${above}` : '';
  throw new UsageError(
    `--${name} needs ${mustBeWhole ? 'a whole number' : 'a number'}${range}, but got ${quoted(word)}.`,
  );
}

function checkChoice(name: string, { choices }: OptionSpecification, value: string): void {
  if (choices === undefined || choices.includes(value)) return;
  const guess = nearest(value, choices);
  const suggestion = guess === undefined ? '' : ` Did you mean ${guess}?`;
  throw new UsageError(
    `--${name} ${quoted(value)} does not exist; choose among ${choices.join(', ')}.${suggestion}`,
  );
}

function missingValue(name: string, { value, choices }: OptionSpecification): UsageError {
  const example = choices?.[0] ?? value ?? 'VALUE';
  return new UsageError(`--${name} needs a value, such as --${name} ${example}.`);
}

function unknownOption(
  rawName: string,
  specifications: OptionSpecifications,
  helpCommand: string,
): UsageError {
  const bare = rawName.replace(/^-+/, '');
  if (eatenByNx.includes(bare))
    return new UsageError(`${rawName} is an option of Nx, not of this stage; leave it out.`);
  const guess = nearest(bare, Object.keys(specifications));
  const suggestion = guess === undefined ? '' : ` Did you mean --${guess}?`;
  return new UsageError(`Unknown option ${rawName}.${suggestion} All options: ${helpCommand}`);
}

function strayWord(word: string, helpCommand: string): UsageError {
  return new UsageError(
    `${quoted(word)} belongs to no option; options begin with two hyphens. All options: ${helpCommand}`,
  );
}

function quoted(word: string): string {
  return JSON.stringify(word);
}
