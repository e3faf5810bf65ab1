import { type Door, workspaceDoor } from './door.ts';
import type { Source } from './source.ts';
import type { Terminal } from './terminal.ts';

/** What a stage has beside its configuration. */
export interface StageContext {
  readonly terminal: Terminal;
  /** How the person at the terminal starts stages. */
  readonly door: Door;
  /** The cohort, where a stage before this one has opened it. */
  readonly source?: Source;
  /** Only what went wrong is said. */
  readonly isQuiet?: boolean;
  /** Further stages follow by themselves, so that nobody has to be told what to do next. */
  readonly isPartOfStudy?: boolean;
}

/** A context in the workspace. */
export function contextOf(terminal: Terminal, door: Door = workspaceDoor): StageContext {
  return { terminal, door };
}
