import { writeFileAtomic } from '@oinr/files';
import { type OutputFolder, type planJobs, relativePath, runUnits, safeJoin } from '@oinr/run';
import type { Terminal } from '../../terminal.ts';
import type { ScansConfig } from '../config.ts';
import type { ScanFile } from '../findScans.ts';
import type { ScanRow } from '../scanUnit.ts';
import { indexPage } from './indexPage.ts';
import type { PageRow, PagesPlan } from './pageUnit.ts';

const entry = new URL('./worker.ts', import.meta.url);

/** What became of the scans that were asked for. */
export interface Imputed {
  readonly imputed: readonly { readonly scan: ScanFile; readonly row: ScanRow }[];
  readonly failed: readonly { readonly scan: ScanFile; readonly why: string }[];
}

export interface PagesRequest {
  readonly config: ScansConfig;
  readonly folder: OutputFolder;
  readonly jobs: ReturnType<typeof planJobs>;
  /** Takes out of a text where things lie on this machine. */
  readonly hide: (text: string) => string;
  readonly terminal: Terminal;
}

export interface PagesDrawn {
  readonly failed: number;
  readonly isStopped: boolean;
  readonly stopReason?: string;
  /** Paths of the pages of scans. */
  readonly outputs: readonly string[];
  /** The page to begin with, from where the command was typed. */
  readonly page?: string;
}

/** Draws the quality page of every imputed scan, and of a folder the index of them. */
export async function drawPages(
  { imputed, failed }: Imputed,
  { config, folder, jobs, hide, terminal }: PagesRequest,
): Promise<PagesDrawn> {
  if (config.showFaces)
    terminal.error.write(
      'Quality pages show whole heads (--show-faces), by which people can be recognised: do not pass them on.\n',
    );
  const pages = new Map<ScanFile, PageRow>();
  const kinds = { page: { units: imputed.length, guess: 1 } };
  const { isStopped, stopReason, outputs } = await runUnits<PagesPlan, ScanFile, PageRow, void>(
    { entry, plan: { config }, folder, jobs, kinds, things: 'pages', out: terminal.out },
    async (runner) => {
      await Promise.all(
        imputed.map(async ({ scan }) => {
          const came = await runner.task(scan, scan.stem, ['page']);
          for (const { message } of came.failed)
            terminal.error.write(`${scan.stem}: the quality page could not be drawn: ${message}\n`);
          for (const { row } of came.finished) pages.set(scan, row);
        }),
      );
    },
  );
  const withoutPicture = [...pages.values()].filter((row) => row.isWithoutPicture).length;
  if (withoutPicture > 0)
    terminal.error.write(
      `${withoutPicture === 1 ? '1 quality page has' : `${withoutPicture} quality pages have`} no pictures: the brain could not be told from the head, and a picture might show the face. --show-faces draws whole heads.\n`,
    );
  const failedPages = isStopped ? 0 : imputed.length - pages.size;
  const [only] = pages.values();
  const isFolder = [...imputed, ...failed].some(({ scan }) => scan.folder !== '');
  const rest = { failed: failedPages, isStopped, stopReason, outputs };
  if (!isFolder)
    return { ...rest, ...(only && { page: relativePath(process.cwd(), safeJoin(config.out, only.page)) }) };
  const nameOf = ({ folder: below, stem }: ScanFile): string =>
    [...below.split(/[\\/]/).filter((part) => part !== ''), stem].join('/');
  const text = indexPage({
    scans: imputed.map(({ scan, row }) => ({ name: nameOf(scan), row, page: pages.get(scan)?.page })),
    failed: failed.map(({ scan, why }) => ({ name: nameOf(scan), why: hide(why) })),
  });
  await writeFileAtomic(folder.draft('quality.html'), text);
  return { ...rest, page: relativePath(process.cwd(), folder.file('quality.html')) };
}
