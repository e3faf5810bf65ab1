import { endOnInterrupt } from '@oinr/run';

/**
 * What a command does about what befalls its process: a Ctrl-C that no work listens to ends it with a last line, and a
 * terminal that is gone (a closed pipe, a full disk behind `>`) does not end the work.
 */
export function prepareProcess(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  endOnInterrupt((line) => process.stderr.write(`${line}\n`));
}
