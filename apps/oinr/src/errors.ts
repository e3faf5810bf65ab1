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
]);

/** What a person is told of an error. */
export function errorMessage(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (told.has(error.name)) return error.message;
  return error.stack ?? error.message;
}
