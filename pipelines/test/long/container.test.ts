import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import test from 'ava';

test('the container is built from a Debian root file system, and imputes a scan and a BIDS folder in it', (t) => {
  const script = join(import.meta.dirname, '../../../scripts/container-check.sh');
  const { status, stdout, stderr } = spawnSync('sh', [script], { encoding: 'utf8' });
  t.is(status, 0, stdout + stderr);
  if (/nothing was checked/.test(stdout)) t.log(stdout.trim());
  else t.regex(stdout, /sub-02\/anat\/\S+_T1w\.nii\.gz\n[\s\S]*does its work\./);
});
