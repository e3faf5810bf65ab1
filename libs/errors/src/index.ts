export { errorMessage, errorReport, InputError, isUserError, UsageError, UserError } from './userError.ts';
