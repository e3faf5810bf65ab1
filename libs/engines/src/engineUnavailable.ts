import { UserError } from '@oinr/errors';

/** An engine that was asked for by name and cannot be used here. */
export class EngineUnavailableError extends UserError {
  override readonly name = 'EngineUnavailableError';
}
