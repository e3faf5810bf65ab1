import type { Cohort, Exclusion } from '@oinr/cohort';
import type { Table } from '@oinr/tables';
import type { Terminal } from './terminal.ts';

/** A list on a terminal is no longer: the rest is counted, and a file has all. */
const mostLines = 20;

/** A list for a terminal, an item a line; of a long one the first, and how many more are in `file`. */
export function shortList<Item>(
  items: readonly Item[],
  inWords: (item: Item) => string,
  file?: string,
): string {
  const shown = items.slice(0, mostLines).map((item) => `\n  ${inWords(item)}`);
  const more = items.length - shown.length;
  if (more === 0) return shown.join('');
  return `${shown.join('')}\n  ... and ${more.toLocaleString('en')} more${file === undefined ? '' : `: ${file}`}`;
}

/** tables/excluded.tsv: subjects and images that the cohort does not use, and why. */
export function excludedTable({ excluded }: Pick<Cohort, 'excluded'>, hide: (text: string) => string): Table {
  const hidden = remembered((text) => oneLine(hide(text)));
  return {
    columns: ['what', 'reason', 'needs_action'],
    rows: excluded.map(({ what, reason, isProblem }) => ({
      // A name without a slash says nothing of the machine; there may be a million of them.
      what: oneLine(/[\\/]/.test(what) ? hide(what) : what),
      reason: hidden(reason),
      needs_action: isProblem ? 'yes' : 'no',
    })),
  };
}

/** As a cell of a table may be: names of files may hold anything. */
function oneLine(text: string): string {
  return /[\t\n\r]/.test(text) ? JSON.stringify(text) : text;
}

/** A function of a text that is asked again and again about the same one, such as the reason of a million rows. */
function remembered(make: (text: string) => string): (text: string) => string {
  let last: readonly [text: string, made: string] | undefined;
  return (text) => {
    if (last?.[0] !== text) last = [text, make(text)];
    return last[1];
  };
}

/** Names those that somebody should see to: a subject that is not used is never hidden. */
export function sayExcluded(cohort: Cohort, hide: (text: string) => string, { error }: Terminal): void {
  const problems = cohort.excluded.filter(({ isProblem }) => isProblem);
  if (problems.length === 0) return;
  error.write(
    `\nNot usable in this cohort (${problems.length.toLocaleString('en')}; tables/excluded.tsv)${exclusionsInWords(problems, hide, 'tables/excluded.tsv')}\n`,
  );
}

/** Who is not used and why, a line each; of many the first, those first by whom an image is lost. */
export function exclusionsInWords(
  excluded: readonly Exclusion[],
  hide: (text: string) => string = (text) => text,
  file?: string,
): string {
  const [lost, others] = [excluded.filter(losesImage), excluded.filter((one) => !losesImage(one))];
  return shortList([...lost, ...others], ({ what, reason }) => `${hide(what)}: ${hide(reason)}`, file);
}

/**
 * Whether somebody who has an image, or was asked for by label, gets no result: then a command has not done everything
 * that it was asked to do.
 */
export function losesImage({ isProblem, isWithoutImage }: Exclusion): boolean {
  return isProblem && isWithoutImage !== true;
}
