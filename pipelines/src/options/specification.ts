/**
 * One option of a stage. `list` options take all words up to the next option (`--missing 50 66 75`), also joined by
 * commas, since Nx hands on what it is given word by word.
 */
export interface OptionSpecification {
  readonly kind: 'text' | 'list' | 'integer' | 'integers' | 'number' | 'flag';
  /** What stands for the value in the help, such as `DIR`. Not for flags. */
  readonly value?: string;
  readonly help: string;
  /** The only values allowed. */
  readonly choices?: readonly string[];
  /** Smallest number allowed. */
  readonly least?: number;
  /** Numbers must be above this. */
  readonly above?: number;
}

export type OptionSpecifications = Readonly<Record<string, OptionSpecification>>;

/** The value that an option of a kind has after parsing; undefined where it was not given. */
interface ValueOfKind {
  text: string;
  list: readonly string[];
  integer: number;
  integers: readonly number[];
  number: number;
  flag: boolean;
}

/** The parsed options: one key per specified option. */
export type ParsedOptions<Specifications extends OptionSpecifications> = {
  readonly [Name in keyof Specifications]: ValueOfKind[Specifications[Name]['kind']] | undefined;
};
