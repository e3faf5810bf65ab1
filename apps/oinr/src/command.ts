import type { StageName } from '@oinr/pipelines';

/** A stage, and what is said to it. */
export interface StageWords {
  readonly stage: StageName;
  readonly words: readonly string[];
}

/** A subcommand: another way to say something to a stage. */
export interface Command {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  help(): string | Promise<string>;
  /** The stage that the arguments after its name mean. @throws UsageError where they mean none. */
  stage(args: readonly string[]): StageWords;
}
