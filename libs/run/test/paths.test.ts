import { relative, resolve, sep } from 'node:path';
import { InputError } from '@oinr/errors';
import test from 'ava';
import fc from 'fast-check';
import { bidsLabel, RunError, safeJoin } from '../src/index.ts';

test('names from tables never leave the folder: refused, or inside', (t) => {
  const nasty = fc.oneof(
    fc.string(),
    fc.constantFrom(
      '..',
      '.',
      '../x',
      '..\\x',
      '/etc',
      'C:\\x',
      'a/../..',
      'a\0b',
      'CON',
      'nul.txt',
      ' a',
      'a.',
      '',
    ),
  );
  fc.assert(
    fc.property(fc.array(nasty, { minLength: 1, maxLength: 3 }), (names) => {
      let joined: string;
      try {
        joined = safeJoin('/out/run', ...names);
      } catch (error) {
        return error instanceof RunError;
      }
      const inside = relative('/out/run', resolve(joined)).split(sep);
      // Exactly as many levels below the folder as there were names.
      return inside[0] !== '..' && inside.length === names.length;
    }),
    { numRuns: 2000 },
  );
  t.throws(() => safeJoin('/out', '../../etc'), { message: /"\.\.\/\.\.\/etc".*path separator/ });
  t.is(safeJoin('/out', 'sub-01', 'T1w.nii.gz'), '/out/sub-01/T1w.nii.gz');
});

test('BIDS labels hold letters and digits only', (t) => {
  t.is(bidsLabel('oinr-internal66'), 'oinrInternal66');
  t.is(bidsLabel('002_S_0295'), '002S0295');
  t.is(bidsLabel('ADNI002S0295'), 'ADNI002S0295');
  t.throws(() => bidsLabel('../'), { instanceOf: InputError, message: /BIDS label/ });
});
