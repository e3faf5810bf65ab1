/** One figure of a run, and where it belongs. */
export interface RunFigure {
  /** Lower-case letters, digits and hyphens: also the name of its files. */
  readonly id: string;
  /** Which part of the report it stands in. */
  readonly part: 'joining' | 'errors' | 'maps' | 'peaks' | 'statistics' | 'subjects';
  readonly caption: string;
  readonly svg: string;
  /** Files of the run it was drawn from, relative to the run folder. */
  readonly sources: readonly string[];
  /** Tables as pictures are for papers; the report has the tables themselves. */
  readonly isTable?: boolean;
}
