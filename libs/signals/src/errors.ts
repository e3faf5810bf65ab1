import { UserError } from '@oinr/errors';

/** An image, clip or volume that cannot be used; the message says which, what was found and what to do. */
export class SignalError extends UserError {
  override readonly name = 'SignalError';
}
