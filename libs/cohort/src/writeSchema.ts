// Writes the JSON Schema of cohort descriptions for editors, after a change of schema.ts:
//   node libs/cohort/src/writeSchema.ts && npx biome check --write cohorts
import { join } from 'node:path';
import { writeFileAtomic } from '@oinr/files';
import { cohortJsonSchema } from './schema.ts';

const file = join(import.meta.dirname, '../../../cohorts/cohort.schema.json');
await writeFileAtomic(file, `${JSON.stringify(cohortJsonSchema(), undefined, 2)}\n`);
