import test from 'ava';
import { formatDuration, Progress, planJobs } from '../src/index.ts';
import { onInterrupt } from '../src/interrupt.ts';
import { TimeLeft } from '../src/timeLeft.ts';

function recorder(isTTY: boolean, columns = 80) {
  let clock = 0;
  const written: string[] = [];
  return {
    written,
    advance: (milliseconds: number) => {
      clock += milliseconds;
    },
    options: {
      stream: { isTTY, columns, write: (text: string) => written.push(text) },
      kinds: { linear: { units: 2, guess: 1 }, oinr: { units: 2, guess: 50 } },
      jobs: 1,
      things: 'volumes',
      now: () => clock,
    },
  };
}

test('in a pipe: plain lines, at most one in ten seconds, with subject, method, loss and time left', (t) => {
  const { written, advance, options } = recorder(false);
  const progress = new Progress(options);
  progress.unitDone('oinr', 60);
  for (let second = 0; second < 25; second += 1) {
    advance(1000);
    progress.update(0, { subject: 'sub-01', method: 'oinr 66 %', share: second / 50, loss: 0.00123 });
  }
  t.is(written.length, 2);
  t.is(written[0], '1 of 4 volumes, about 1 min 02 s left | sub-01: oinr 66 %, 18 % done, loss 1.23e-3\n');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: terminal control codes are what must not be there
  t.notRegex(written.join(''), /[\r\u001b]/);
  // A job without news is shown all the same.
  for (let second = 0; second < 11; second += 1) {
    advance(1000);
    progress.tick();
  }
  t.is(written.length, 3);
  t.regex(written[2] ?? '', /sub-01: oinr 66 %, 48 % done/);
});

test('on a terminal: one line, redrawn, never wider than the terminal; lines that stay come before it', (t) => {
  const { written, advance, options } = recorder(true, 40);
  const progress = new Progress(options);
  advance(200);
  progress.update(0, { subject: 'sub-01', method: 'oinr-internal 66 %', share: 0.5, loss: 0.5 });
  t.true(written[0]?.startsWith('\r\u001b[2K'));
  t.is(written[0]?.replace('\r\u001b[2K', '').length, 39);
  t.false(written[0]?.includes('\n'));
  progress.say('sub-02 failed');
  t.deepEqual(written.slice(1), ['\r\u001b[2K', 'sub-02 failed\n']);
});

test('time left: each kind by its own mean, guesses in the measure of what was seen, and nothing where most is guessed', (t) => {
  const left = new TimeLeft({ linear: { units: 3, guess: 1 }, oinr: { units: 3, guess: 10 } });
  t.is(left.seconds(1), undefined);
  left.done('linear', 2);
  // 2 * 2 seen and 3 * 20 guessed.
  t.is(left.seconds(1), undefined);
  left.done('oinr', 5);
  t.is(left.seconds(1), 2 * 2 + 2 * 5);
  left.dropped('oinr');
  t.is(left.seconds(2), (2 * 2 + 5) / 2);
  const second = new TimeLeft({ linear: { units: 3, guess: 1 }, oinr: { units: 3, guess: 10 } });
  second.done('oinr', 40);
  t.is(second.seconds(1), 2 * 40 + 3 * 4);
  t.throws(() => left.done('cubic', 1), { message: /cubic/ });
});

test('durations as people say them', (t) => {
  t.deepEqual([0.4, 59.6, 200, 7500].map(formatDuration), ['0 s', '1 min 00 s', '3 min 20 s', '2 h 05 min']);
});

test('jobs: one per core, fewer when subjects or memory are few, threads from the cores left over', (t) => {
  const gib = 2 ** 30;
  const plan = (request: Partial<Parameters<typeof planJobs>[0]>) =>
    planJobs({ tasks: 100, bytesPerJob: gib, cores: 8, availableBytes: 100 * gib, ...request });
  t.deepEqual(plan({}), { jobs: 8, threadsPerJob: 1 });
  t.deepEqual(plan({ tasks: 3 }), { jobs: 3, threadsPerJob: 2 });
  t.like(plan({ availableBytes: 5 * gib }), { jobs: 4, threadsPerJob: 2 });
  t.regex(plan({ availableBytes: 5 * gib }).remark ?? '', /4 of 8 cores.*1\.0 GiB.*5\.0 GiB/);
  t.like(plan({ availableBytes: gib / 2 }), { jobs: 1, threadsPerJob: 8 });
  t.deepEqual(plan({ jobs: 2 }), { jobs: 2, threadsPerJob: 4 });
  t.like(plan({ jobs: 16 }), { jobs: 16, threadsPerJob: 1 });
});

test.serial('the first Ctrl-C stops, its echo does nothing, a second one kills', (t) => {
  let clock = 0;
  const seen: string[] = [];
  const off = onInterrupt({
    onStop: () => seen.push('stop'),
    onKill: () => seen.push('kill'),
    now: () => clock,
  });
  process.emit('SIGINT');
  clock = 20;
  process.emit('SIGINT');
  clock = 2000;
  process.emit('SIGINT');
  off();
  t.deepEqual(seen, ['stop', 'kill']);
});
