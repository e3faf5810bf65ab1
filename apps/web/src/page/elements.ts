/** The element of the page with this id. */
export function byId<Type extends HTMLElement = HTMLElement>(id: string): Type {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`The page has no element ${id}.`);
  return found as Type;
}

/** An element with text. */
export function element(tag: string, text: string): HTMLElement {
  const made = document.createElement(tag);
  made.textContent = text;
  return made;
}

/** Makes a list of sentences; the list is hidden where there are none. */
export function listSentences(id: string, sentences: readonly string[]): void {
  byId(id).replaceChildren(...sentences.map((sentence) => element('li', sentence)));
  byId(id).hidden = sentences.length === 0;
}

/** Hands a file to whoever looks at the page, who saves it where they like. */
export function save(file: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
