// What the installed command prints for a stage is read by it as the same stage and configuration.
import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StageName } from '@oinr/pipelines';
import { configOf, stageConfigOf } from '@oinr/pipelines/test/support/configOf.ts';
import test from 'ava';
import { installedDoor } from '../src/door.ts';
import { stageOf } from '../src/main.ts';

const data = mkdtempSync(join(tmpdir(), 'oinr-door-'));

/** The words that a shell makes of a line, once the folders are filled in. */
function wordsOf(line: string): string[] {
  const filled = line.replace(/\bBIDS_DIR\b/, `'${data}'`).replace(/\bOUTPUT_DIR\b/, '/out');
  const said = execFileSync('sh', ['-c', `printf '%s\\0' ${filled.replace(/^npx oinr /, '')}`], {
    encoding: 'utf8',
  });
  return said.split('\0').slice(0, -1);
}

const cases: readonly (readonly [StageName, Readonly<Record<string, unknown>>, StageName?])[] = [
  ['prepare', { cohort: 'bids', root: data, out: '/out', spacing: 1.5, nonlinear: true }],
  [
    'impute',
    { cohort: 'bids', root: data, out: '/out', k: [2, 6], method: ['linear', 'oinr'], axis: 'axial' },
  ],
  ['impute', { cohort: 'mine.yaml', root: data, out: '/out', run: 'two', participantLabel: ['01', 'b,c'] }],
  // The group level compares and reports.
  ['compare', { cohort: 'bids', root: data, out: '/out', groups: ['mild AD', "it's"], smooth: 6 }, 'group'],
  ['compare', { cohort: 'bids', root: data, out: '/out', covariates: ['age', '-x'], tfce: true }, 'group'],
  [
    'compare',
    {
      out: '/out',
      full: '/maps/full data',
      imputed: ['/maps/a', '/maps/$b'],
      participants: '/p.tsv',
      groups: ['A', 'B'],
    },
  ],
  [
    'study',
    { cohort: 'bids', root: data, out: '/out', axis: 'axial', sliceDistance: [5], profile: 'box', smooth: 6 },
  ],
  ['report', { cohort: 'bids', root: data, out: '/out', showSubjects: true }],
  ['report', { cohort: 'maps', out: '/out' }],
];

for (const [name, values, read = name] of cases) {
  test(`${name}: ${JSON.stringify(values).replaceAll(data, 'DATA')}`, async (t) => {
    if (process.platform === 'win32') return t.log('skipped: there is no POSIX shell on Windows');
    const line = installedDoor.command({
      config: await stageConfigOf(name),
      values: { ...values, out: undefined },
    });
    const { stage, words } = stageOf(wordsOf(line));
    t.is(stage, read, line);
    const said = await configOf(read, words);
    for (const [key, value] of Object.entries(values)) {
      // A description's file is meant from where the command is typed.
      if (key === 'cohort') t.true(String(said[key]).endsWith(String(value)), line);
      else t.deepEqual(said[key], value, line);
    }
  });
}
