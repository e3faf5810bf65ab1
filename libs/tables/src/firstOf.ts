/** The first of many names for a sentence, and how many more there are: `a, b, c and 5 more`. */
export function firstOf(names: readonly string[], most = 10): string {
  const shown = names.slice(0, most).join(', ');
  return names.length > most ? `${shown} and ${(names.length - most).toLocaleString('en')} more` : shown;
}
