import { errorMessage } from '@oinr/errors';
import { FileWriteError } from '@oinr/files';
import test from 'ava';
import { stopsTheRun } from '../src/errors.ts';

test('only a failure to write stops the run, also when it is the cause of another error', (t) => {
  const full = new FileWriteError('x.nii', Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' }));
  t.true(stopsTheRun(full));
  t.true(stopsTheRun(new Error('sub-01', { cause: full })));
  t.false(stopsTheRun(new Error('sub-01 is truncated')));
  t.is(errorMessage(new Error('two\n  lines')), 'two lines');
});
