/** A stage of a run, as somebody would type it. */
export interface StageCall {
  readonly stage: string;
  readonly cohort: string;
  readonly run: string;
  /** Where the cohort's data lie, where that was given. */
  readonly root?: string;
  /** All other options. */
  readonly words?: readonly string[];
}

/** How the person at a terminal starts stages, so that messages and reports name commands that this person has. */
export interface StageCommands {
  /** What makes the stages available. */
  readonly install: string;
  line(call: StageCall): string;
}

/** In the workspace, where Nx starts the stages. */
export const workspaceCommands: StageCommands = {
  install: 'npm ci',
  line({ stage, cohort, run, root, words = [] }) {
    const named = run === 'default' ? [] : ['--run', run];
    const where = root === undefined ? [] : ['--root', root];
    return ['npx nx run', `pipeline:${stage}`, '--cohort', cohort, ...named, ...where, ...words].join(' ');
  },
};
