// Builds the page and shows it on this machine's own address: `node apps/web/src/serve.ts [--port N]`.
import { parseArgs } from 'node:util';
import { serveFolder } from '@oinr/serve';
import { buildPage, builtPage } from './build.ts';

const { values } = parseArgs({ options: { port: { type: 'string', default: '0' } } });
await buildPage(builtPage);
const { url } = await serveFolder(builtPage, { port: Number(values.port) });
process.stdout.write(`${url}\nOpen this address in a browser; Ctrl-C ends it.\n`);
