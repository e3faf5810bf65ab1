import { UserError } from '@oinr/errors';

/** A cohort could not be described or opened; the message is made of sentences for a person. */
export class CohortError extends UserError {
  override readonly name: string = 'CohortError';
}

/** The data of a cohort are not on this machine; the message says how to get them and what to set. */
export class CohortUnavailable extends CohortError {
  override readonly name: string = 'CohortUnavailable';
}
