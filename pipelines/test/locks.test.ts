import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { errorReport } from '@oinr/errors';
import { lockFolder } from '@oinr/files';
import test from 'ava';
import { runStage } from '../src/index.ts';
import { contextOf } from '../src/stageContext.ts';
import { recordedTerminal } from './support/recordedTerminal.ts';
import { scanPath, temporaryFolder, tinyStudy } from './support/study.ts';

/** What a stage says of itself: its end, or the sentence with which it is refused. */
async function end(stage: string, words: readonly string[]): Promise<string> {
  const terminal = recordedTerminal();
  try {
    const code = await runStage(stage, words, contextOf(terminal));
    return `exit status ${code}`;
  } catch (error) {
    return errorReport(error);
  }
}

test('every stage refuses a folder that somebody else is writing, by name, and changes nothing there', async (t) => {
  const root = await tinyStudy(['01', '02', '03', '04'], [], ['AD', 'CN']);
  const out = temporaryFolder();
  const study = ['--cohort', 'bids', '--root', root, '--out', out];
  const simulated = [...study, '--method', 'linear', '--k', '2', '--whole', '--jobs', '1'];
  const derivatives = join(out, 'bids', 'default', 'derivatives', 'oinr');
  t.is(await end('impute', simulated), 'exit status 0');
  const maps = [
    ...['--full', root, '--imputed', derivatives, '--participants', join(root, 'participants.tsv')],
    ...['--groups', 'AD', 'CN', '--out', out],
  ];
  t.is(await end('compare', maps), 'exit status 0');
  const scan = scanPath(root, '01');
  const image = ['--images', root, '--participants', join(root, 'participants.tsv'), '--mask', scan];
  const cases: readonly (readonly [folder: string, stage: string, words: readonly string[]])[] = [
    ['bids/default', 'prepare', study],
    ['bids/default', 'impute', simulated],
    ['bids/default', 'figures', study],
    ['bids/default', 'report', study],
    ['maps/default', 'compare', maps],
    ['maps/default', 'report', ['--cohort', 'maps', '--out', out]],
    ['bids/prior', 'train', [...study, '--folds', '2', '--steps', '2']],
    [
      'scans',
      'scans',
      [scan, '--axis', 'axial', '--spacing', '1.5', '--method', 'linear', '--out', join(out, 'scans')],
    ],
    ['ttest', 'ttest', [...image, '--groups', 'AD', 'CN', '--out', join(out, 'ttest')]],
  ];
  for (const [name, stage, words] of cases) {
    const folder = join(out, name);
    mkdirSync(folder, { recursive: true });
    const lock = await lockFolder(folder);
    const before = readdirSync(folder, { recursive: true });
    const said = await end(stage, words);
    t.true(said.startsWith(`Another run is writing ${folder} (process ${process.pid}`), `${stage}: ${said}`);
    t.deepEqual(readdirSync(folder, { recursive: true }), before, stage);
    await lock.release();
  }
  rmSync(out, { recursive: true });
  rmSync(root, { recursive: true });
});
