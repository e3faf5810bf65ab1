export { errorMessage, errorReport, isUserError, UsageError, UserError } from './userError.ts';
