// Writes what records say (docs/records/*.json) into the documents that quote them: `node scripts/write-numbers.ts`.
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { documents, textsOfRecords } from './records/documents.ts';
import { withTexts } from './records/places.ts';

const root = resolve(import.meta.dirname, '..');
const texts = textsOfRecords(root);
for (const { file, text } of documents(root)) {
  const written = withTexts(text, texts);
  if (written === text) continue;
  writeFileSync(join(root, file), written);
  console.log(`${file}: numbers written`);
}
