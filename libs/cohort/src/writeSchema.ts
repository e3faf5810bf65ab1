// Writes the JSON Schema of cohort descriptions for editors, after a change of the fields of a layout:
//   node libs/cohort/src/writeSchema.ts && npx biome check --write cohorts
import { join } from 'node:path';
import { writeJson } from '@oinr/files';
import { cohortJsonSchema } from './schema.ts';

const file = join(import.meta.dirname, '../../../cohorts/cohort.schema.json');
await writeJson(file, cohortJsonSchema());
