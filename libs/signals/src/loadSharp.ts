import { SignalError } from './errors.ts';

/**
 * The decoder of images, loaded when the first image is read or written.
 *
 * @throws SignalError that says what to install where the command oinr was installed without it.
 */
export async function loadSharp(): Promise<typeof import('sharp')['default']> {
  try {
    return (await import('sharp')).default;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND')) throw error;
    throw new SignalError(
      'Images are read and written by the package sharp, which is not installed with the command oinr: npm install sharp@0.35.5 beside it.',
      { cause: error },
    );
  }
}
