import { UsageError } from '@oinr/errors';
import { z } from 'zod';
import { userPath } from '../folders.ts';
import { didYouMean } from './nearest.ts';

/**
 * One option of a stage: the schema of its value in the configuration, how its words on a command line are read and
 * printed, and what its help says.
 */
export interface Option<Schema extends z.ZodType = z.ZodType> {
  /** Of the value in the configuration, with its default. */
  readonly schema: Schema;
  /** How many words follow the option: a list takes all up to the next option. */
  readonly takes: 'nothing' | 'word' | 'words';
  /** What stands for the value in the help, such as `DIR`. */
  readonly value?: string;
  readonly help: string;
  /** The only values allowed. */
  readonly choices?: readonly string[];
  /** The value of the option's words. @throws UsageError with a sentence about the word that is wrong. */
  read(words: readonly string[], name: string): unknown;
  /** The words of a value, so that `read(print(value))` is the value again. */
  print(value: never): readonly string[];
  /** What is recorded of a value, where that is not the value. It has to fit the schema. */
  toRecord?(value: never): unknown;
  /** A file or folder: what lies where on somebody's machine is never recorded, only that it was given. */
  readonly isPath?: true;
  /** Says where results go or how fast they come, and changes no number. */
  readonly changesNothing?: true;
  /** Another option that says the same in other words. */
  readonly alsoAs?: { readonly name: string; readonly option: Option; toValue(value: never): unknown };
  /** Why nothing can be done without it; undefined where the schema has a default or takes none. */
  readonly whenMissing?: string;
}

/** What is common to the makers of options. */
interface About {
  readonly value?: string;
  readonly help: string;
  readonly changesNothing?: true;
}

/** An option is there by default, or must be given, or may be left out. */
type Presence<Value> = { readonly default?: Value; readonly whenMissing?: string };

type Present<Value, P extends Presence<Value>> = P extends { default: Value } | { whenMissing: string }
  ? z.ZodType<Value>
  : z.ZodType<Value | undefined>;

function present<Value, P extends Presence<Value>>(schema: z.ZodType<Value>, presence: P): Present<Value, P> {
  const { default: standard, whenMissing } = presence;
  const made =
    standard !== undefined
      ? schema.default(standard as never)
      : whenMissing !== undefined
        ? schema
        : schema.optional();
  return made as unknown as Present<Value, P>;
}

/** Any words. */
export function text<P extends Presence<string>>(about: About & P): Option<Present<string, P>> {
  return {
    ...about,
    schema: present(z.string().min(1), about),
    takes: 'word',
    read: (words, name) => oneWord(words, name, about),
    print: (value: string) => [value],
  };
}

/** One of some names. */
export function choice<const Name extends string, P extends Presence<Name>>(
  choices: readonly Name[],
  about: About & P,
): Option<Present<Name, P>> {
  const option = { ...about, choices };
  return {
    ...option,
    schema: present(z.enum(choices as readonly [Name, ...Name[]]) as unknown as z.ZodType<Name>, about),
    takes: 'word',
    read: (words, name) => checkedChoice(oneWord(words, name, option), name, choices),
    print: (value: string) => [value],
  };
}

/** A file or folder, as the user meant it: relative to where the command was typed. */
export function path<P extends Presence<string>>(about: About & P): Option<Present<string, P>> {
  return {
    ...text(about),
    isPath: true,
    read: (words, name) => userPath(oneWord(words, name, about)),
  };
}

/** Several files or folders. A comma is part of a name here. */
export function paths<P extends Presence<readonly string[]>>(
  about: About & P,
): Option<Present<readonly string[], P>> {
  return {
    ...about,
    schema: present(z.array(z.string().min(1)).readonly() as unknown as z.ZodType<readonly string[]>, about),
    takes: 'words',
    isPath: true,
    read: (words, name) => {
      if (words.length === 0 || words.includes('')) throw missingValue(name, about);
      return words.map(userPath);
    },
    print: (value: readonly string[]) => value,
  };
}

/**
 * Several texts, one a word or joined by commas (`\,` is a comma that belongs to a text), each once. `choices`: the only
 * ones allowed. `repeats`: a text may be there several times.
 */
export function list<P extends Presence<readonly string[]>>(
  about: About & P & { readonly choices?: readonly string[]; readonly repeats?: true },
): Option<Present<readonly string[], P>> {
  const { choices, repeats } = about;
  const item = choices === undefined ? z.string().min(1) : z.enum(choices as [string, ...string[]]);
  return {
    ...about,
    schema: present(z.array(item).readonly() as unknown as z.ZodType<readonly string[]>, about),
    takes: 'words',
    read: (words, name) => {
      const items = itemsOf(words);
      if (items.length === 0) throw missingValue(name, about);
      for (const one of items) checkedChoice(one, name, choices);
      return repeats ? items : [...new Set(items)];
    },
    print: (value: readonly string[]) => value.map((one) => one.replaceAll(',', '\\,')),
  };
}

interface Range {
  /** Smallest number allowed. */
  readonly least?: number;
  /** Numbers must be above this. */
  readonly above?: number;
  /** Numbers must be below this. */
  readonly below?: number;
}

/** A number. */
export function number<P extends Presence<number>>(about: About & Range & P): Option<Present<number, P>> {
  return numeric(z.number(), 'a number', about);
}

/** A whole number. */
export function integer<P extends Presence<number>>(about: About & Range & P): Option<Present<number, P>> {
  return numeric(z.int(), 'a whole number', about);
}

/** Several whole numbers, each once, in order. */
export function integers<P extends Presence<readonly number[]>>(
  about: About & Range & P,
): Option<Present<readonly number[], P>> {
  return numericList(z.int(), integer, about);
}

/** Several numbers, each once, in order. */
export function numbers<P extends Presence<readonly number[]>>(
  about: About & Range & P,
): Option<Present<readonly number[], P>> {
  return numericList(z.number(), number, about);
}

function numericList<P extends Presence<readonly number[]>>(
  item: z.ZodNumber,
  single: (about: About & Range) => Option,
  about: About & Range & P,
): Option<Present<readonly number[], P>> {
  const one = single({ help: about.help, value: about.value, least: about.least, above: about.above });
  return {
    ...about,
    schema: present(
      z.array(within(item, about)).min(1).readonly() as unknown as z.ZodType<readonly number[]>,
      about,
    ),
    takes: 'words',
    read: (words, name) => {
      const items = words.flatMap((word) => word.split(/[,\s]+/)).filter((word) => word !== '');
      if (items.length === 0) throw missingValue(name, about);
      return [...new Set(items.map((word) => one.read([word], name) as number))].sort((a, b) => a - b);
    },
    print: (value: readonly number[]) => value.map(String),
  };
}

/** Yes where it is given, else no. */
export function flag(about: Omit<About, 'value'>): Option<z.ZodType<boolean>> {
  return {
    ...about,
    schema: z.boolean().default(false) as unknown as z.ZodType<boolean>,
    takes: 'nothing',
    read: () => true,
    print: () => [],
  };
}

/** What is none of these: `read` takes one word and says what is wrong with it. */
export function custom<Value, P extends Presence<Value>>(
  schema: z.ZodType<Value>,
  codec: { read(word: string, name: string): Value; print(value: Value): string },
  about: About & P,
): Option<Present<Value, P>> {
  return {
    ...about,
    schema: present(schema, about),
    takes: 'word',
    read: (words, name) => codec.read(oneWord(words, name, about), name),
    print: (value: Value) => [codec.print(value)],
  };
}

function numeric<P extends Presence<number>>(
  schema: z.ZodNumber,
  what: string,
  about: About & Range & P,
): Option<Present<number, P>> {
  const { least, above, below } = about;
  const checked = within(schema, about);
  const expected =
    least !== undefined
      ? `${what} of at least ${least}`
      : above !== undefined && below !== undefined
        ? `${what} between ${above} and ${below}`
        : above !== undefined
          ? `${what} above ${above}`
          : what;
  return {
    ...about,
    schema: present(checked as z.ZodType<number>, about),
    takes: 'word',
    read: (words, name) => {
      const word = oneWord(words, name, about);
      // Percentages may carry their sign.
      const digits = word.trim().replace(/%$/, '');
      const value = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(digits) ? Number(digits) : Number.NaN;
      if (checked.safeParse(value).success) return value;
      throw new UsageError(`--${name} needs ${expected}, but got ${quoted(word)}.`);
    },
    print: (value: number) => [String(value)],
  };
}

function within(schema: z.ZodNumber, { least, above, below }: Range): z.ZodNumber {
  let checked = schema;
  if (least !== undefined) checked = checked.min(least);
  if (above !== undefined) checked = checked.gt(above);
  if (below !== undefined) checked = checked.lt(below);
  return checked;
}

/** The items of a list: words, and what commas part in them. */
function itemsOf(words: readonly string[]): string[] {
  return words
    .flatMap((word) => word.split(/(?<!\\),/))
    .map((item) => item.replaceAll('\\,', ',').trim())
    .filter((item) => item !== '');
}

function oneWord(
  words: readonly string[],
  name: string,
  about: { readonly value?: string; readonly choices?: readonly string[] },
): string {
  const [word] = words;
  if (word === undefined || word === '') throw missingValue(name, about);
  return word;
}

function checkedChoice(word: string, name: string, choices: readonly string[] | undefined): string {
  if (choices === undefined || choices.includes(word)) return word;
  throw new UsageError(
    `--${name} ${quoted(word)} does not exist; choose among ${choices.join(', ')}.${didYouMean(word, choices)}`,
  );
}

/** A value was forgotten. */
export function missingValue(
  name: string,
  { value, choices }: { readonly value?: string; readonly choices?: readonly string[] },
): UsageError {
  const example = choices?.[0] ?? value ?? 'VALUE';
  return new UsageError(`--${name} needs a value, such as --${name} ${example}.`);
}

function quoted(word: string): string {
  return JSON.stringify(word);
}
