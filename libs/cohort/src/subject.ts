/** One person's scan, ready to be read: plain data, so that it can be handed to a worker process. */
export interface Subject {
  /** Safe for file names: letters, digits and hyphens only, unique in the cohort. */
  readonly id: string;
  /** One of the cohort's group labels. */
  readonly group: string;
  /** Path of the T1 volume. */
  readonly image: string;
  /** Path of its brain mask, where the description names one. */
  readonly mask?: string;
  /** Other columns of the participants table, as text. */
  readonly columns: Readonly<Record<string, string>>;
}

/** A subject or image that the cohort does not use, and why, in one sentence. */
export interface Exclusion {
  readonly what: string;
  readonly reason: string;
  /** True when somebody should act (a file is missing); false for a rule of the description. */
  readonly isProblem: boolean;
  /**
   * A problem by which nobody's image is lost, such as a row of a table without an image: it is told, and a command
   * succeeds all the same, unless the participant was asked for by label.
   */
  readonly isWithoutImage?: true;
}

/** The people of a study as later stages see them: who is used, in which group, and who is not, with the reason. */
export interface Cohort {
  readonly name: string;
  readonly description: string;
  /** The folder of the data that was read: files are named by their paths below it in sidecars and messages. */
  readonly root: string;
  /** The group labels, first named minus second in every comparison. */
  readonly groups: readonly string[];
  readonly subjects: readonly Subject[];
  readonly excluded: readonly Exclusion[];
  /** Sentences on how groups and images were chosen, for logs and reports. */
  readonly notes: readonly string[];
}
