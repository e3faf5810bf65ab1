import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { hashFile, type ResultFolder, writeFileAtomic } from '@oinr/files';
import { relativePath, type Unit } from '@oinr/run';
import type { ScansConfig } from '../config.ts';
import type { ScanFile } from '../findScans.ts';
import { errorMapsFiles, pageOf, resultsOf, unitName } from '../results.ts';
import type { ImputedSidecar } from './imputedSidecar.ts';
import { scanPage } from './scanPage.ts';
import { seeScan } from './shownScan.ts';

/** What is kept of a page that is drawn. */
export interface PageRow {
  /** Its path below --out. */
  readonly page: string;
  /** A picture was left out, since it might show a face. */
  readonly isWithoutPicture: boolean;
}

/** What every worker process that draws pages is given once. */
export interface PagesPlan {
  readonly config: ScansConfig;
}

/** The unit that draws the quality page of a scan from the scan, the imputed volume and its sidecar. */
export function pageUnit(file: ScanFile, { config }: PagesPlan, results: ResultFolder): Unit<PageRow> {
  const [volume, sidecar] = resultsOf(file, config);
  return {
    name: ['pages', ...unitName(file, config.method)],
    kind: 'page',
    what: 'drawing the page',
    inputs: async () => ({
      // Which holds the hash of the scan, and the fingerprint of all that the volume was made of.
      sidecar: await hashFile(results.newestOf(sidecar)),
      showFaces: config.showFaces,
    }),
    async run({ write }) {
      const said: ImputedSidecar = JSON.parse(await readFile(results.newestOf(sidecar), 'utf8'));
      const [s68] = errorMapsFiles(file, config);
      const halfWidth = said.ErrorMaps && results.newestOf(s68);
      const files = { scan: file.path, imputed: results.newestOf(volume), halfWidth };
      const seen = await seeScan(files, said, config.showFaces);
      const page = pageOf(file, config);
      const text = scanPage({
        name: file.stem,
        sidecar: said,
        seen,
        files: {
          scan: basename(file.path),
          imputed: basename(volume),
          ...(halfWidth && { halfWidth: basename(s68) }),
        },
      });
      const outputs = await write([page], async ([path]) => writeFileAtomic(path, text));
      const row = { page: relativePath(config.out, page), isWithoutPicture: seen.shown === undefined };
      return { row, outputs };
    },
  };
}
