import type { MeasuredVolume } from './outcome.ts';

/**
 * What there is to say of methods and of scans, one sentence for each kind of remark, with how many subjects it is about. Numbers in
 * brackets belong to one volume and are left out; the sidecar of the volume has them.
 */
export function methodRemarks(units: readonly MeasuredVolume[]): string[] {
  const everyone = new Map<string, Set<string>>();
  const about = new Map<string, { readonly method: string; readonly subjects: Set<string> }>();
  const remarked = units.flatMap(({ subject, method, remarks, scanRemarks = [] }) => [
    { subject, method, remarks },
    { subject, method: 'scans', remarks: scanRemarks },
  ]);
  for (const { subject, method, remarks } of remarked) {
    const all = everyone.get(method) ?? new Set();
    everyone.set(method, all.add(subject));
    for (const remark of remarks) {
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
