import type { OperatorErrors } from '@oinr/imputation';

/** Errors of one volume at one spacing, and what the operator took. */
export interface Measurement extends OperatorErrors {
  readonly name: string;
  /** CPU seconds (user and system) of the operator. */
  readonly seconds: number;
}
