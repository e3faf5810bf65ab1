import { markdownTable, origin, type Recipe } from './recipe.ts';
import { numberOf } from './record.ts';

const everys = [2, 3, 4, 5, 6] as const;
const people = ['01', '05', '08', '14', '52', '56', '61', '64', '69'];

/** The operator on nine people of OpenNeuro ds002748 that it was not trained on; DS002748 names the folder. */
export const ninePeople: Recipe = {
  name: 'nine-people',
  command: `node benchmarks/imputation.ts --bids "$DS002748" --every ${everys.join(' ')} --above 0.02 --method oinr-prior --participant ${people.join(' --participant ')}`,
  makes: [],
  tables: [],
  values({ output }) {
    const lines = output.slice(output.indexOf('Error in the mask over')).split('\n');
    const rows = lines.map((line) => line.trim().split(/\s+/));
    return Object.fromEntries(
      everys.flatMap((every) => {
        const row = rows.find(([k, name]) => k === String(every) && name === 'oinr-prior');
        if (row === undefined) throw new Error(`The benchmark says nothing of k = ${every}.`);
        return [
          [`${every}.mean`, Number(row[3])],
          [`${every}.worst`, Number(row[5])],
        ];
      }),
    );
  },
  texts: (record) => ({
    table: `${markdownTable(
      ['slices kept', ...everys.map((every) => `1 of ${every}`)],
      (['mean', 'worst'] as const).map((what) => [
        what === 'mean' ? 'mean of nine people' : 'worst of them',
        ...everys.map((every) => numberOf(record, `${every}.${what}`).toFixed(2)),
      ]),
    )}

Error of \`oinr-prior\` over that of each person's best interpolation: 1 is no gain. OpenNeuro ds002748, coronal slices 0.87 mm apart
before thinning; nobody of these was trained on. ${origin(record)}`,
  }),
};
