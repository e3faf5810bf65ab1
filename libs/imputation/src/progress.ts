import type { MethodContext } from './method.ts';

/** The context with its progress between two shares of the whole. */
export function withProgress(context: MethodContext, from: number, to: number): MethodContext {
  const { onProgress } = context;
  return onProgress
    ? { ...context, onProgress: (done, loss) => onProgress(Math.min(to, from + done * (to - from)), loss) }
    : context;
}
