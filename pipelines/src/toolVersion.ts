import { readFileSync } from 'node:fs';

/** The version of the tool: that of the package this file is in. */
export const toolVersion: string = JSON.parse(
  readFileSync(`${import.meta.dirname}/../package.json`, 'utf8'),
).version;

/** How sidecars say what has made a file. */
export const generatedBy: readonly Readonly<Record<'Name' | 'Version', string>>[] = [
  { Name: 'oinr', Version: toolVersion },
];
