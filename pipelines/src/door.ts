import { printCommandLine } from './config/commandLine.ts';
import { nxWord } from './config/shell.ts';
import type { AnyStageConfig } from './config/stageConfig.ts';

/** A stage with what is said to it, as far as somebody would type it. */
export interface StageCall {
  readonly config: AnyStageConfig;
  /** Values by the names of the configuration; those that are the default are not typed. */
  readonly values: Readonly<Record<string, unknown>>;
}

/**
 * How the person at a terminal starts stages, so that messages and reports name commands that this person has. There are
 * two doors to the same stages: Nx in the workspace, and the installed command `oinr`.
 */
export interface Door {
  /** What makes the stages available. */
  readonly install: string;
  /** What shows the options of a stage. */
  help(stage: string): string;
  /** A line for a POSIX shell. */
  command(call: StageCall): string;
}

/** In the workspace, where Nx starts the stages. */
export const workspaceDoor: Door = {
  install: 'npm ci',
  help: () => 'npx nx run pipeline:help',
  command({ config, values }) {
    const words = printCommandLine(config, values).map(nxWord);
    return ['npx nx run', `pipeline:${config.stage}`, ...words].join(' ');
  },
};
