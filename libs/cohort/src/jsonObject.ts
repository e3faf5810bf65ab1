import { CohortError } from './errors.ts';

/** The object that a JSON file holds. Throws a CohortError, with a sentence that names the file, where it holds none. */
export function jsonObject(text: string, file: string): object {
  let json: unknown;
  try {
    // Some editors begin a file by a byte-order mark.
    json = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new CohortError(`${file} is not JSON${whyNot(text)}; correct the sidecar, or take it away.`, {
      cause: error,
    });
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    throw new CohortError(`${file} holds no JSON object; correct the sidecar, or take it away.`);
  return json;
}

/** The usual reasons, for the sentence. */
function whyNot(text: string): string {
  if (text.trim() === '') return ' (it is empty)';
  if (text.includes('\0') || text.includes('\uFFFD')) return ' (it is not in UTF-8)';
  if (/^\s*(\/\/|\/\*|#)/m.test(text)) return ' (JSON has no comments)';
  return '';
}
