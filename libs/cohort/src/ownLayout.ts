import { dirname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { errorMessage } from '@oinr/errors';
import { z } from 'zod';
import { CohortError } from './errors.ts';
import { isFile } from './folders.ts';
import type { Layout } from './layout.ts';
import { ownCommon } from './schema.ts';

/** How a layout of one's own is written. */
const expected =
  "An export named `layout` (or the default export) was expected, with `name`, `read` and, where descriptions have fields for it, `fields`; see examples/ownLayout.ts of oinr's sources";

function isLayout(value: unknown): value is Layout {
  const { name, fields, read } = (value ?? {}) as Partial<Record<keyof Layout, unknown>>;
  return (
    typeof name === 'string' &&
    typeof read === 'function' &&
    (fields === undefined || typeof fields === 'function')
  );
}

/**
 * The layout in the file `path` that the description `file` names, relative to the description. The file is run: a
 * description with a layout of its own is a program. Throws CohortError when it is not there, does not load or has no layout.
 */
export async function loadLayout(path: string, file: string): Promise<Layout> {
  const module = resolve(dirname(file), path);
  if (!isFile(module)) {
    throw new CohortError(
      `${file} names the layout ${path}, but there is no file ${module}. Correct the path, which is relative to the description.`,
    );
  }
  let exports: Readonly<Record<string, unknown>>;
  try {
    exports = await import(pathToFileURL(module).href);
  } catch (error) {
    throw new CohortError(
      `The layout ${module}, which ${file} names, does not load: ${errorMessage(error)}`,
      {
        cause: error,
      },
    );
  }
  const layout = exports.layout ?? exports.default;
  if (!isLayout(layout)) {
    throw new CohortError(`${module}, which ${file} names, has no layout. ${expected}.`);
  }
  return layout;
}

/** The schema of descriptions with a layout of one's own. Throws CohortError for fields that are not schemas, or taken. */
export function ownSchema(layout: Layout, file: string) {
  const fields = { ...layout.fields?.(z) } as z.ZodRawShape;
  for (const [name, schema] of Object.entries(fields)) {
    const fault =
      name in ownCommon || name === 'file'
        ? 'is a field that every description has; choose another name'
        : !(typeof schema === 'object' && schema !== null && '_zod' in schema)
          ? 'is not a schema of zod 4; make it with the `z` that `fields` is given'
          : undefined;
    if (fault !== undefined) {
      throw new CohortError(
        `The layout '${layout.name}', which ${file} names, cannot be used: its field '${name}' ${fault}.`,
      );
    }
  }
  return z.strictObject({ ...ownCommon, ...fields });
}
