import { readFile } from 'node:fs/promises';
import test from 'ava';
import { errorMessage, errorReport, isUserError, UsageError, UserError } from '../src/index.ts';

test('a user error is shown as it was written, a fault of the program with its stack', (t) => {
  t.is(errorReport(new UsageError('--k needs a value.\nSee --help. ')), '--k needs a value.\nSee --help.');
  t.regex(errorReport(new TypeError('x is undefined')), /x is undefined[\s\S]*errors\.test/);
  t.is(errorReport('just words'), 'just words');
});

test('a native RangeError is a fault of the program, whoever throws it', (t) => {
  const native = t.throws(() => new Array(-1), { instanceOf: RangeError });
  t.false(isUserError(native));
  t.true(isUserError(new UserError('Say k.')));
});

test('a refusal of the operating system is told, since it says what and where', async (t) => {
  const error = await t.throwsAsync(readFile('/no/such/file'));
  t.true(isUserError(error));
  t.regex(errorReport(error), /^ENOENT.*\/no\/such\/file/);
});

test('a message of several lines becomes one line in tables and logs', (t) => {
  t.is(errorMessage(new Error('one\n  two\n')), 'one two');
});
