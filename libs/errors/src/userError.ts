/**
 * An error that its reader can do something about. The message is one or more sentences: what happened, where, what was
 * expected, what to do. Every error class of the libs extends it; anything else that is thrown is a fault of the
 * program.
 */
export class UserError extends Error {
  override readonly name: string = 'UserError';
}

/** A value, an array or an option that cannot be used. The message says which, what was expected and what to do. */
export class InputError extends UserError {
  override readonly name = 'InputError';
}

/** The command line cannot be understood. The message says what is wrong and what was probably meant. */
export class UsageError extends UserError {
  override readonly name = 'UsageError';
}

/**
 * Whether the message of an error is a sentence for the user: one of ours, or a refusal of the operating system
 * (such as a folder that may not be read), which says what and where.
 */
export function isUserError(error: unknown): boolean {
  return error instanceof UserError || isSystemError(error);
}

/** Node's own errors about files and processes carry the system call that failed. */
function isSystemError(error: unknown): error is Error {
  return error instanceof Error && 'syscall' in error && 'code' in error;
}

/** The message of anything that can be thrown, on one line: for tables, logs and lists of failures. */
export function errorMessage(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/\s*\n\s*/g, ' ').trim();
}

/**
 * What a person is shown of an error at the end of a command: the sentence as it was written, with its lines; of a fault
 * of the program also where in the code it happened.
 */
export function errorReport(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { message, stack } = error;
  return isUserError(error) ? message.trim() : (stack ?? message);
}
