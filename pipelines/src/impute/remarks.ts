import type { MeasuredUnit } from './tables.ts';

/**
 * What the methods had to say, one sentence for each kind of remark, with how many subjects it is about. Numbers in
 * brackets belong to one volume and are left out; the sidecar of the volume has them.
 */
export function methodRemarks(units: readonly MeasuredUnit[]): string[] {
  const everyone = new Map<string, Set<string>>();
  const about = new Map<string, { readonly method: string; readonly subjects: Set<string> }>();
  for (const { subject, method, result } of units) {
    const all = everyone.get(method) ?? new Set();
    everyone.set(method, all.add(subject));
    for (const remark of result.remarks) {
      const line = `${method}: ${remark.replace(/ \([^()]*\d[^()]*\)/g, '')}`;
      const subjects = about.get(line)?.subjects ?? new Set();
      about.set(line, { method, subjects: subjects.add(subject) });
    }
  }
  return [...about]
    .map(
      ([line, { method, subjects }]) =>
        `${line} (${subjects.size} of ${everyone.get(method)?.size ?? 0} subjects)`,
    )
    .sort();
}
