import { readFileSync } from 'node:fs';

/** The version of the tool: that of the package this file is in. */
export const toolVersion: string = JSON.parse(
  readFileSync(`${import.meta.dirname}/../package.json`, 'utf8'),
).version;
