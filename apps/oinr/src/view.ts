import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { errorMessage, InputError, UsageError } from '@oinr/errors';
import { serveFolder } from '@oinr/serve';

/** The word that shows the page. */
export const viewName = 'view';

export const viewSummary = 'the page in the browser: drop a scan, see it filled; nothing leaves this machine';

export const viewHelp = `oinr view: shows the page that fills a scan's slices in the browser, at this machine's own address

  oinr view [--port N]

Options
  --port N    The port of the address. Default: one that is free.

The page works in the browser alone: the scan is not sent anywhere, not even to this command, and not kept. Ctrl-C ends it.
`;

/** Beside the command: where the workspace builds the page to, and where it lies in an installed package. */
const page = join(import.meta.dirname, '../../web/build');
/** Present in the workspace only. */
const builder = join(import.meta.dirname, '../../web/src/build.ts');

/**
 * Shows the page until the process is ended.
 *
 * @throws UsageError for words that are not understood, InputError where the page or the port is not there.
 */
export async function view(words: readonly string[], say: (text: string) => void): Promise<never> {
  const port = portOf(words);
  if (existsSync(builder)) await promisify(execFile)(process.execPath, [builder]);
  if (!existsSync(join(page, 'index.html')))
    throw new InputError(
      `The page is not part of this installation (${page} is missing); install oinr again.`,
    );
  const { url } = await serveFolder(page, { port });
  say(`${url}\nOpen this address in a browser. Ctrl-C ends it.\n`);
  return new Promise(() => undefined);
}

function portOf(words: readonly string[]): number {
  try {
    const { values } = parseArgs({ args: [...words], options: { port: { type: 'string', default: '0' } } });
    const port = Number(values.port);
    if (!Number.isInteger(port) || port < 0 || port > 65535)
      throw new UsageError(`--port is ${values.port}; a whole number from 0 to 65535 was expected.`);
    return port;
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${errorMessage(error)} See oinr view --help.`, { cause: error });
  }
}
