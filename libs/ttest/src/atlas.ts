import { readVolume } from '@oinr/nifti';
import { isMissing, readTable } from '@oinr/tables';
import { applyAffine, invertAffine } from '@oinr/volume';
import { RequestError } from './errors.ts';

/** Tells the region of a position in mm; `n/a` outside the label volume and where the label is 0. */
export type RegionLookup = (position: readonly [number, number, number]) => string;

/**
 * Region names from a label volume on any grid in the same space (nearest voxel), with names from a table that has
 * the columns index and name (as BIDS *_dseg.tsv); a label without a name is shown as its number.
 *
 * @throws NiftiError, TableError, or RequestError for an image without labels, a table without these columns, an index
 * that is no whole number or stands twice.
 */
export async function readAtlas(labels: string, namesTable?: string): Promise<RegionLookup> {
  const { grid, data } = await readVolume(labels);
  if (!data.some((label) => label !== 0 && Number.isInteger(label)))
    throw new RequestError(
      `${labels} (--atlas) holds no label, a whole number other than 0. Give a label volume, or leave out --atlas.`,
    );
  const names = namesTable === undefined ? new Map<number, string>() : await readNames(namesTable);
  const toVoxel = invertAffine(grid.affine);
  const [nx, ny, nz] = grid.shape;
  return (position) => {
    const [x, y, z] = applyAffine(toVoxel, position).map(Math.round);
    if (x < 0 || y < 0 || z < 0 || x >= nx || y >= ny || z >= nz) return 'n/a';
    const label = data[x + nx * (y + ny * z)];
    return label === 0 || Number.isNaN(label) ? 'n/a' : (names.get(label) ?? String(label));
  };
}

async function readNames(file: string): Promise<Map<number, string>> {
  const { columns, rows } = await readTable(file);
  for (const name of ['index', 'name']) {
    if (!columns.includes(name))
      throw new RequestError(
        `${file} has no column ${name}; a table of regions has the columns index and name.`,
      );
  }
  const names = new Map<number, string>();
  for (const [number, { index, name }] of rows.entries()) {
    const label = isMissing(index) ? Number.NaN : Number(index);
    if (!Number.isInteger(label) || names.has(label))
      throw new RequestError(
        `${file} has the index '${index}' in row ${number + 1}; ${names.has(label) ? 'it stands there twice' : 'a whole number was expected'}. Correct the table.`,
      );
    names.set(label, name);
  }
  return names;
}
