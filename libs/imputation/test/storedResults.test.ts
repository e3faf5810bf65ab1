import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { storedCases } from './support/storedCases.ts';
import { difference, type Summary, summaryOf } from './support/summary.ts';

// Numbers of version 0.1.0 (commit abde794), of the operator across people those of its upright networks, of oinr those of 0.2.0 (fitted
// by Muon). They change only where a method is meant to give other results; then the version of its weights or of the program
// grows, and the new numbers are written here.
const stored: Readonly<Record<string, Summary>> = JSON.parse(
  readFileSync(join(import.meta.dirname, 'data/storedResults.json'), 'utf8'),
);

/** Differences as shares of the root mean square of all values. */
const tolerance = 1e-6;
/** onnxruntime rounds differently from processor to processor, and steps of training spread that. */
const trainedOnThisProcessor: Readonly<Record<string, number>> = { 'oinr-prior-internal': 1e-5 };

test('every case has its stored numbers', (t) => {
  t.deepEqual(Object.keys(storedCases), Object.keys(stored));
});

for (const [name, compute] of Object.entries(storedCases))
  test(`${name} gives the numbers that are stored of it`, async (t) => {
    const found = difference(summaryOf(await compute()), stored[name]);
    t.true(found <= (trainedOnThisProcessor[name] ?? tolerance), `differs by ${found}`);
  });
