import { EngineUnavailableError } from '../engineUnavailable.ts';
import type { TensorFlow } from './kernels.ts';

/** TensorFlow.js with a backend that is ready. */
export interface LoadedTensorFlow {
  readonly tf: TensorFlow;
  /** What runs, as a sentence. */
  readonly description: string;
}

let loaded: Promise<LoadedTensorFlow> | undefined;

/**
 * Loads TensorFlow.js once: @tensorflow/tfjs-node-gpu where it is installed and its native library works, else
 * @tensorflow/tfjs with its plain CPU backend. Loaded only when asked for, because it takes a second.
 */
export function loadTensorFlow(): Promise<LoadedTensorFlow> {
  loaded ??= loadNative().catch((error: unknown) => loadPlain(error));
  return loaded;
}

async function loadNative(): Promise<LoadedTensorFlow> {
  // An optional dependency: its name in a variable keeps the type check green where it is not installed.
  const name: string = '@tensorflow/tfjs-node-gpu';
  const module = (await import(name)) as TensorFlow & { readonly default?: TensorFlow };
  const tf = module.default ?? module;
  await tf.ready();
  return { tf, description: `${name} with its ${tf.getBackend()} backend.` };
}

async function loadPlain(error: unknown): Promise<LoadedTensorFlow> {
  const tf = await import('@tensorflow/tfjs').catch((failure: unknown) => {
    if (!isNotFound(failure)) throw failure;
    throw new EngineUnavailableError(
      'The engine "tfjs" needs TensorFlow.js, which is not installed with the command oinr: npm install @tensorflow/tfjs@4.22.0 beside it. Or use the engine cpu.',
    );
  });
  tf.enableProdMode(); // silences its advice to install tfjs-node
  await tf.setBackend('cpu');
  await tf.ready();
  const missing = isNotFound(error) ? 'is not installed' : 'has no native library here';
  return {
    tf,
    description: `@tensorflow/tfjs in plain JavaScript (slow), because @tensorflow/tfjs-node-gpu ${missing}.`,
  };
}

function isNotFound(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND';
}
