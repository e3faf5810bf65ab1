// A study run by the command `oinr`, which people have who do not have the workspace.
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { temporaryFolder, tinyStudy } from './support/study.ts';

const bin = join(import.meta.dirname, '../../apps/oinr/bin/oinr.mjs');

function oinr(...words: readonly string[]): Promise<{ code: number; said: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [bin, ...words], (error, out, err) => {
      resolve({ code: error === null ? 0 : Number(error.code), said: out + err });
    });
  });
}

/** A line in a POSIX shell. */
function shell(line: string): Promise<{ code: number; said: string }> {
  return new Promise((resolve) => {
    execFile('sh', ['-c', line], (error, out, err) => {
      resolve({ code: error === null ? 0 : Number(error.code), said: out + err });
    });
  });
}

test('a report made by oinr names the commands of oinr, and they lead to the same page', async (t) => {
  const root = await tinyStudy(['01', '02', '03', '04'], [], ['CN', 'mild AD']);
  const out = temporaryFolder();
  const early = await oinr(root, out, 'group');
  t.is(early.code, 1);
  t.true(early.said.includes(`run the stage impute first: npx oinr ${root} ${out} participant --simulate\n`));

  const impute = ['--k', '2', '--method', 'linear', '--n-cpus', '1'];
  t.is((await oinr(root, out, 'participant', ...impute)).code, 0);
  const groups = ['--groups', 'mild AD', 'CN'];
  const group = await oinr(
    ...[root, out, 'group', ...groups],
    ...['--smooth', '6', '--permutations', '6', '--n-cpus', '1'],
  );
  t.is(group.code, 0, group.said);

  const page = (): string => readFileSync(join(out, 'bids', 'default', 'report.html'), 'utf8');
  const lines = page().match(/^.*npx oinr .*$/gm) ?? [];
  t.is(lines.length, 3, lines.join('\n'));
  t.regex(lines[1] ?? '', / group .*--groups &quot;mild AD&quot; CN .*--smooth 6/);
  t.notRegex(page(), /nx run|npm ci/);
  const agreement = readFileSync(join(out, 'bids', 'default', 'tables', 'agreement.tsv'));
  for (const line of lines) {
    const [, typed = ''] = /npx oinr ([^<]*)/.exec(line) ?? [];
    // As somebody would who fills in the folders and gives the line to a shell.
    const places = `DATA='${root}' OUT='${out}'; `;
    const filled = typed
      .replaceAll('&quot;', '"')
      .replace(/\b(BIDS_)?DIR\b/, '"$DATA"')
      .replace(/\bOUTPUT_DIR\b/, '"$OUT"');
    const again = await shell(`${places}"${process.execPath}" "${bin}" ${filled}`);
    t.is(again.code, 0, `${line}\n${again.said}`);
  }
  t.deepEqual(readFileSync(join(out, 'bids', 'default', 'tables', 'agreement.tsv')), agreement);
});
