// A layout of one's own: how the files of a study lie in its folder. ownLayout.yaml names this file, which is all that it
// takes: `npx nx run pipeline:impute --cohort examples/ownLayout.yaml --root DIR` and all other stages work with it.
//
// Here every group has a folder with its scans, and the folder's name is the group:
//   DIR/control/anna.nii.gz   DIR/control/otto.nii.gz   DIR/patient/emma.nii.gz
//
// To add a layout to the package for good: the same record as a file in libs/cohort/src/layouts and a line in registry.ts
// there. One that comes with the package says itself, in its fields, how descriptions name their groups.
import { globSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
// Types only, so that this file works wherever it lies, whatever is installed there.
import type { Candidate, Finding, Layout } from 'oinr';

/** What ownLayout.yaml says for this layout alone, once it is checked. */
interface Fields {
  readonly ending: string;
}

export const layout: Layout<Fields> = {
  name: 'group-folders',
  fields: (z) => ({
    ending: z.string().startsWith('.').default('.nii.gz').describe('How the file names of scans end.'),
  }),
  async read({ ending }, root) {
    const candidates: Candidate[] = [];
    // Whoever is not used is reported, never passed over: somebody may wait for this scan.
    const findings: Finding[] = [];
    for (const path of globSync('*/*.*', { cwd: root }).sort()) {
      if (path.endsWith(ending)) {
        candidates.push({
          participant: basename(path, ending),
          groupValue: dirname(path),
          image: join(root, path),
          columns: {},
        });
      } else {
        const reason = `is not used: its name does not end in ${ending}.`;
        findings.push({ what: path, reason, isProblem: true });
      }
    }
    return { candidates, findings, hasGroups: true };
  },
};
