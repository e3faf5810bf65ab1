/** A text of a record that stands in a document between two comments, which Markdown does not show. */
const place = /(<!-- record (\S+) (\S+) -->)([\s\S]*?)(<!-- end of record -->)/g;

/** Texts by record and name. */
export type Texts = (record: string, name: string) => string;

/** The places of a document: which record and text each names, and what stands there now. */
export function placesIn(document: string): { record: string; name: string; text: string }[] {
  return [...document.matchAll(place)].map(([, , record, name, text]) => ({
    record,
    name,
    text: text.trim(),
  }));
}

/** The document with the texts of the records in their places. */
export function withTexts(document: string, texts: Texts): string {
  return document.replace(
    place,
    (_, before: string, record: string, name: string, _old: string, after: string) =>
      `${before}\n${texts(record, name)}\n${after}`,
  );
}

/** One sentence for each place whose text is not that of its record. */
export function partedFrom(file: string, document: string, texts: Texts): string[] {
  return placesIn(document).flatMap(({ record, name, text }) => {
    const expected = texts(record, name);
    if (text === expected) return [];
    const [was, is] = [text.split('\n'), expected.split('\n')];
    const line = is.findIndex((one, n) => one !== was[n]);
    return [
      `${file}, ${record} ${name}: says "${was[line] ?? ''}", but by its record "${is[line] ?? ''}". node scripts/write-numbers.ts writes what records say.`,
    ];
  });
}
