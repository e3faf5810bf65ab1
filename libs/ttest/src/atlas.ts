import { readVolume } from '@oinr/nifti';
import { readTable } from '@oinr/tables';
import { applyAffine, invertAffine } from '@oinr/volume';
import { RequestError } from './errors.ts';

/** Tells the region of a position in mm; `n/a` outside the label volume and where the label is 0. */
export type RegionLookup = (position: readonly [number, number, number]) => string;

/**
 * Region names from a label volume on any grid in the same space (nearest voxel), with names from a table that has
 * the columns index and name (as BIDS *_dseg.tsv); a label without a name is shown as its number.
 *
 * @throws NiftiError, TableError, or RequestError for a table without these columns.
 */
export async function readAtlas(labels: string, namesTable?: string): Promise<RegionLookup> {
  const { grid, data } = await readVolume(labels);
  const names = new Map<number, string>();
  if (namesTable !== undefined) {
    const table = await readTable(namesTable);
    for (const name of ['index', 'name']) {
      if (!table.columns.includes(name)) {
        throw new RequestError(
          `${namesTable} has no column ${name}; a table of regions has the columns index and name.`,
        );
      }
    }
    for (const row of table.rows) names.set(Number(row.index), row.name);
  }
  const toVoxel = invertAffine(grid.affine);
  const [nx, ny, nz] = grid.shape;
  return (position) => {
    const [x, y, z] = applyAffine(toVoxel, position).map(Math.round);
    if (x < 0 || y < 0 || z < 0 || x >= nx || y >= ny || z >= nz) return 'n/a';
    const label = data[x + nx * (y + ny * z)];
    return label === 0 || Number.isNaN(label) ? 'n/a' : (names.get(label) ?? String(label));
  };
}
