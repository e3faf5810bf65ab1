import { entriesPerTable, lineBytes, subjectsPerTable } from './kernel.ts';
import type { ThreadView } from './threadView.ts';

/** Lookup tables that `subjects` need. */
export function tableCount(subjects: number): number {
  return Math.ceil(subjects / subjectsPerTable);
}

/**
 * Writes, for relabelings first .. first + count - 1, the address of the table entry of every group of subjects:
 * count x groups, given where the tables begin. With permutations the entry is that of the labels which the
 * subjects' residuals meet; `orders` then receives the inverse permutations, count x subjects.
 */
export function writeCodes(
  view: ThreadView,
  first: number,
  count: number,
  tables: number,
  codes: Uint32Array,
  orders: Uint16Array | undefined,
): void {
  const { subjects, labels } = view.model;
  const groups = tableCount(subjects);
  const met = new Uint8Array(subjects);
  for (let index = 0; index < count; index++) {
    const row = view.row(first + index);
    let current: Uint8Array | Uint16Array = row;
    if (orders) {
      const order = orders.subarray(index * subjects, (index + 1) * subjects);
      for (let i = 0; i < subjects; i++) order[row[i]] = i;
      for (let k = 0; k < subjects; k++) met[k] = labels[order[k]];
      current = met;
    }
    for (let group = 0; group < groups; group++) {
      let entry = 0;
      const start = group * subjectsPerTable;
      const end = Math.min(subjects, start + subjectsPerTable);
      for (let i = start; i < end; i++) entry |= current[i] << (i - start);
      codes[index * groups + group] = tables + (group * entriesPerTable + entry) * lineBytes;
    }
  }
}
