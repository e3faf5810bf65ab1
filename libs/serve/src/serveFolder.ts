import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { extname, join, normalize, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress } from 'node:zlib';
import { InputError } from '@oinr/errors';
import { contentSecurityPolicy } from './contentSecurityPolicy.ts';

/** How a folder is shown. */
export interface ServeOptions {
  /** Default: one that is free. */
  readonly port?: number;
  /**
   * Whether pages are isolated from others (COOP, COEP), which is what browsers ask for before they give WebAssembly
   * threads. Default: true. Without it the server is as plain as any.
   */
  readonly isolated?: boolean;
}

/** A folder that is being shown. */
export interface Served {
  /** Where: `http://127.0.0.1:PORT/`. */
  readonly url: string;
  /** The paths that were asked for, in order. */
  readonly requests: readonly string[];
  close(): Promise<void>;
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.wasm': 'application/wasm',
};

const always = { 'X-Content-Type-Options': 'nosniff', 'Cache-Control': 'no-cache' };
const whenIsolated = {
  'Content-Security-Policy': contentSecurityPolicy,
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
};

/**
 * Shows the files of a folder on the loopback address, which no other machine reaches. Files are read when they are asked
 * for; nothing outside the folder is given. What lies there as `NAME.br` alone is given as NAME: so an installed page
 * takes a quarter of its room.
 *
 * @throws InputError where the port is taken or may not be used.
 */
export async function serveFolder(
  folder: string,
  { port = 0, isolated = true }: ServeOptions = {},
): Promise<Served> {
  const requests: string[] = [];
  const headers = isolated ? { ...always, ...whenIsolated } : always;
  const server = createServer((request, response) => {
    requests.push(request.url ?? '');
    answer(folder, request, response, headers).catch((error: unknown) => response.destroy(error as Error));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) =>
      reject(
        new InputError(`The page cannot be shown at port ${port}: ${error.message}. Name another by --port.`),
      ),
    );
    server.listen(port, '127.0.0.1', resolve);
  });
  const address = server.address();
  const taken = typeof address === 'object' && address !== null ? address.port : port;
  return {
    url: `http://127.0.0.1:${taken}/`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(
  folder: string,
  request: IncomingMessage,
  response: ServerResponse,
  headers: Readonly<Record<string, string>>,
): Promise<void> {
  const { method, url = '/' } = request;
  const refuse = (status: number, text: string): void => {
    response.writeHead(status, { ...headers, 'Content-Type': types['.txt'] }).end(text);
  };
  if (method !== 'GET' && method !== 'HEAD')
    return refuse(405, 'Files can be read here, and nothing else.\n');
  const path = fileOf(folder, url);
  const found = path === undefined ? undefined : await stored(path);
  if (path === undefined || found === undefined) return refuse(404, 'There is no such file.\n');
  const { file, size, isPacked } = found;
  const type = { 'Content-Type': types[extname(path)] ?? 'application/octet-stream' };
  const { 'accept-encoding': accepted = '' } = request.headers;
  const isUnpackedHere = isPacked && !/\bbr\b/.test(String(accepted));
  response.writeHead(200, {
    ...headers,
    ...type,
    ...(isPacked && !isUnpackedHere && { 'Content-Encoding': 'br' }),
    ...(!isUnpackedHere && { 'Content-Length': size }),
    ...(isPacked && { Vary: 'Accept-Encoding' }),
  });
  if (method === 'HEAD') response.end();
  else
    await pipeline([createReadStream(file), ...(isUnpackedHere ? [createBrotliDecompress()] : []), response]);
}

/** Where what an address means is stored: as it is, or packed by Brotli beside its name. Undefined where it is neither. */
async function stored(
  path: string,
): Promise<{ readonly file: string; readonly size: number; readonly isPacked: boolean } | undefined> {
  for (const isPacked of [false, true]) {
    const file = isPacked ? `${path}.br` : path;
    const facts = await stat(file).catch(() => undefined);
    if (facts?.isFile()) return { file, size: facts.size, isPacked };
  }
  return undefined;
}

/** The file that an address means; undefined for one outside the folder or one that cannot be read. */
function fileOf(folder: string, url: string): string | undefined {
  try {
    const { pathname } = new URL(url, 'http://localhost');
    const named = decodeURIComponent(pathname.endsWith('/') ? `${pathname}index.html` : pathname);
    const path = normalize(join(folder, named));
    return path.startsWith(folder + sep) && !path.includes('\0') ? path : undefined;
  } catch {
    return undefined;
  }
}
