import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Subject } from '@oinr/cohort';
import { loadPriorModel } from '@oinr/imputation';
import { readTsv } from '@oinr/tables';
import test from 'ava';
import { runStage } from '../../src/runStage.ts';
import { crossFitOperators } from '../../src/simulate/crossFit.ts';
import { contextOf } from '../../src/stageContext.ts';
import type { Terminal } from '../../src/terminal.ts';
import { blocksStudy } from '../support/blocksStudy.ts';
import { recordedTerminal } from '../support/recordedTerminal.ts';

/** A stage with the words of a command line; gives the exit status. */
const train = (words: readonly string[], terminal: Terminal): Promise<number> =>
  runStage('train', words, contextOf(terminal));
const impute = (words: readonly string[], terminal: Terminal): Promise<number> =>
  runStage('impute', words, contextOf(terminal));

test('cross-fitting imputes everybody by an operator that was not learned from them', async (t) => {
  const root = await blocksStudy();
  const out = join(root, 'out');
  const cohort = ['--cohort', 'bids', '--root', root, '--out', out];
  try {
    const before = recordedTerminal();
    const early = impute([...cohort, '--cross-fit', 'mine', '--method', 'oinr-prior'], before);
    await t.throwsAsync(early, {
      message: /No operators of the folds .*pipeline:train --cohort bids --fold all/,
    });

    const training = ['--folds', '2', '--fold', 'all', '--steps', '6', '--run', 'mine'];
    t.is(await train([...cohort, ...training], recordedTerminal()), 0);
    const folds = await Promise.all(
      [1, 2].map((fold) => loadPriorModel(join(out, `bids/mine-fold${fold}/operator`))),
    );
    t.not(folds[0]?.checksum, folds[1]?.checksum);

    const said = recordedTerminal();
    const words = ['--cross-fit', 'mine', '--method', 'pchip', 'oinr-prior', '--k', '3', '--run', 'study'];
    t.is(await impute([...cohort, ...words], said), 0);
    t.regex(said.text(), /Cross-fitting: 2 operators/);
    t.notRegex(said.text(), /trained on this very scan/);
    const { rows } = await readTsv(join(out, 'bids/study/tables/cross_fit.tsv'));
    t.is(rows.length, 4);
    for (const { participant_id, operator_sha256, was_learned_from } of rows) {
      const id = participant_id?.slice(4) ?? '';
      const used = folds.find(({ checksum }) => checksum === operator_sha256);
      t.is(was_learned_from, 'no');
      t.true(used !== undefined && !String(used.training.learnedFrom).split(',').includes(id));
      // The sidecar names the operator that the volume was really made by.
      const sidecar = `bids/study/derivatives/oinr/sub-${id}/anat/sub-${id}_desc-oinrPrior66_T1w.json`;
      t.is(JSON.parse(readFileSync(join(out, sidecar), 'utf8')).Details.operator, operator_sha256);
    }

    // Without cross-fitting, an operator learned from the scan itself would be told by its hash.
    const stranger: Subject = { id: 'new', group: 'control', image: 'new.nii.gz', columns: {} };
    await t.throwsAsync(crossFitOperators(out, 'bids', 'mine', [stranger]), {
      message: /sub-new was held out from 0 of the 2 operators/,
    });
    await t.throwsAsync(crossFitOperators(out, 'bids', 'other', [stranger]), { message: /No operators/ });
  } finally {
    rmSync(root, { recursive: true });
  }
});
