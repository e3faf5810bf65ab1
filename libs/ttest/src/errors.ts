import { UserError } from '@oinr/errors';

/** A request that cannot be carried out; the message is a sentence for the user. */
export class RequestError extends UserError {
  override readonly name = 'RequestError';
}
