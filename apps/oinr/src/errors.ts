/** The command line was not understood; the message is a sentence. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Errors whose message is a sentence for the user; any other is a fault of the program and keeps its trace. */
const told = new Set([
  'UsageError',
  'RequestError',
  'DesignError',
  'NiftiError',
  'TableError',
  'FileWriteError',
  'RunError',
  'CohortError',
  'CohortUnavailable',
  'RangeError',
]);

/** What a person is told of an error. The stages name the workspace's help, which an installed command has not. */
export function errorMessage(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (!told.has(error.name)) return error.stack ?? error.message;
  return error.message.trim().replaceAll('npx nx run pipeline:help', 'oinr --help');
}

/** Whether the command line was not understood, here or in a stage. */
export function isUsageError(error: unknown): boolean {
  return error instanceof Error && error.name === 'UsageError';
}
