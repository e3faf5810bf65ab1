import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import test from 'ava';

test('on a real Slurm, parts that are killed or requeued lose nothing: the tables are those of one run', (t) => {
  const script = join(import.meta.dirname, '../../../scripts/slurm-check.sh');
  const { status, stdout, stderr } = spawnSync('sh', [script], { encoding: 'utf8' });
  t.is(status, 0, stdout + stderr);
  if (/nothing was checked/.test(stdout)) t.log(stdout.trim());
  else t.regex(stdout, /killed part \d+\nrequeued part \d+[\s\S]*All is as it should be\./);
});
