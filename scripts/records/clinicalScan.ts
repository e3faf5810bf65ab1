import { origin, type Recipe } from './recipe.ts';

const folder = 'reports/records';

/** `oinr impute` on a brain with axial slices of 6 mm. */
export const clinicalScan: Recipe = {
  name: 'clinical-scan',
  command: `node benchmarks/averageSlices.ts cohorts/phantom-base/colin27_brain_1mm.nii.gz 6 ${folder}/scan.nii.gz && node apps/oinr/bin/oinr.mjs impute ${folder}/scan.nii.gz --spacing 1 --out ${folder}/out`,
  makes: [folder],
  tables: [],
  values({ output }) {
    const at = output.indexOf('1 of 1 scan:');
    if (at < 0) throw new Error('The command says nothing of the scan.');
    const lines = output.slice(at).trim().split('\n');
    return {
      said: lines
        .filter((line) => !/pages? \||drawing/.test(line))
        .join('\n')
        .replace(/To look at: .*\//, 'To look at: out/'),
    };
  },
  texts: (record) => ({
    output: `\`\`\`
npx oinr impute scan.nii.gz --spacing 1 --out out
${record.values.said}
\`\`\``,
    origin: origin(record),
  }),
};
