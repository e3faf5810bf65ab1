import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Texts } from './places.ts';
import { hasRecord, readRecord } from './record.ts';
import { recipes } from './registry.ts';

/** The documents that may quote records, below the root. */
export function documents(root: string): { file: string; text: string }[] {
  return globSync(['README.md', 'docs/*.md', 'apps/oinr/README.md'], { cwd: root })
    .sort()
    .map((file) => ({ file, text: readFileSync(join(root, file), 'utf8') }));
}

/** The texts of all records. @throws Error for a record or text that no recipe makes. */
export function textsOfRecords(root: string): Texts {
  const made = new Map<string, Readonly<Record<string, string>>>();
  return (record, name) => {
    const recipe = recipes.find((one) => one.name === record);
    if (recipe === undefined)
      throw new Error(
        `There is no record ${record}; there are ${recipes.map((one) => one.name).join(', ')}.`,
      );
    if (!hasRecord(root, record))
      return `Not measured with the present code yet; \`node scripts/record.ts ${record}\` does it.`;
    if (!made.has(record)) made.set(record, recipe.texts(readRecord(root, record)));
    const text = made.get(record)?.[name];
    if (text === undefined) throw new Error(`The record ${record} has no text ${name}.`);
    return text;
  };
}
