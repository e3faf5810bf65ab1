import { basename, relative } from 'node:path';
import { type Lock, lockFolder, ResultFolder } from '@oinr/files';
import {
  countsThatStraddle,
  makeRelabelings,
  type RelabelingChoice,
  resolveDesign,
  significantVoxels,
  studentQuantile,
  studentTail,
} from '@oinr/statistics';
import { readAtlas } from './atlas.ts';
import { clusterFormingT } from './clusterThreshold.ts';
import { RequestError } from './errors.ts';
import { holesInWords, remarksInWords } from './imageFacts.ts';
import { imageFiles } from './imageFiles.ts';
import { readLabelings } from './labelingsFile.ts';
import { readMask } from './mask.ts';
import { claimOutputs, writeOutputs } from './outputs.ts';
import { type Participants, readParticipants } from './participants.ts';
import { duration, type ProgressLine } from './progressLine.ts';
import type { TTestRequest } from './request.ts';
import { loadCheckpoint, requestFingerprint, resumeFolder, saveCheckpoint } from './resume.ts';
import { type ImageTestProgress, type ImageTestResult, testImages } from './run.ts';

/** What summary.json says. */
export interface TTestSummary {
  readonly n: number;
  readonly groups: Readonly<Record<string, number>>;
  /** Voxels tested, and voxels of the mask that were not (non-finite, constant, with a variance by kind constant within a kind, or explained by the covariates). */
  readonly voxels: number;
  readonly excludedVoxels: number;
  readonly permutations: number;
  readonly exact: boolean;
  readonly seed: number | null;
  readonly smallestP: number;
  readonly criticalT: {
    readonly two: number | string;
    readonly gt: number | string;
    readonly lt: number | string;
  };
  readonly significantVoxels: { readonly two: number; readonly gt: number; readonly lt: number };
  readonly thresholds: Readonly<Record<string, unknown>>;
  readonly seconds: number;
  readonly warnings: readonly string[];
}

/**
 * The permutation t-test on files: checks the request, reads images, tests, writes maps, tables and summary to OUT.
 * Nothing is written before all inputs have been checked. A run that was stopped (by `signal`, or by force) goes on
 * from its last finished pass when it is asked for again. OUT is locked meanwhile, and what an earlier run has written
 * there stays until all results are there to replace it.
 *
 * @throws RequestError, NiftiError, TableError, DesignError, FolderLockedError, ForeignFileError or FileWriteError, each
 * with a sentence for the user; then OUT is as it was.
 */
export async function runTTest(
  request: TTestRequest,
  progress: ProgressLine,
  signal?: AbortSignal,
): Promise<TTestSummary> {
  const checked = await checkRequest(request, signal);
  const lock = await lockFolder(request.out, {
    signal,
    onWatch: (seconds) =>
      progress.say(
        `${request.out} is locked by a process on another machine; looking for ${seconds} s whether it is still at work.`,
      ),
  });
  try {
    return await testAndWrite(request, checked, lock, progress, signal);
  } finally {
    await lock.release();
  }
}

/**
 * What a test would be of, in a sentence: everything is checked that is known before images are read, and nothing is
 * computed or written.
 *
 * @throws as runTTest.
 */
export async function describeTest(request: TTestRequest): Promise<string> {
  const { participants, design, files, mask } = await checkRequest(request);
  const { groups, subjects, degreesOfFreedom } = resolveDesign(design);
  const left = participants.leftOut === 0 ? '' : `, ${participants.leftOut} rows of other groups left out`;
  return `${subjects} images (${groups[0]} ${request.groups[0]}, ${groups[1]} ${request.groups[1]}${left}), from ${nameBelow(request.images, files[0])} to ${nameBelow(request.images, files[files.length - 1])}; ${mask.indices.length} voxels in the mask, ${degreesOfFreedom} degrees of freedom.`;
}

/** All that can be known of a request before images are read. */
type Checked = Awaited<ReturnType<typeof checkRequest>>;

async function checkRequest(request: TTestRequest, signal?: AbortSignal) {
  const began = performance.now();
  checkNumbers(request);
  checkVariance(request);
  const participants = await readParticipants(request, signal);
  const { design } = participants;
  const files = await imageFiles(
    {
      folder: request.images,
      option: '--images',
      imageColumn: request.imageColumn,
      pattern: request.pattern,
    },
    participants,
    signal,
  );
  // After the images: of a table of a million people there are never as many, and their design takes long.
  const resolved = resolveDesign(design);
  const mask = await readMask(request.mask);
  const regionOf =
    request.atlas === undefined ? undefined : await readAtlas(request.atlas, request.atlasNames);
  const relabelings: RelabelingChoice =
    request.labelings === undefined
      ? { permutations: request.permutations, seed: request.seed }
      : { listed: await readLabelings(request.labelings, resolved.subjects, resolved.basis.length > 0) };
  // Made here once to check them before images are read.
  makeRelabelings(resolved, 'listed' in relabelings ? relabelings : { ...relabelings, permutations: 1 });
  const clusterThreshold =
    request.clusterThreshold === undefined
      ? undefined
      : clusterFormingT(request.clusterThreshold, resolved.degreesOfFreedom);
  return { began, participants, design, files, mask, regionOf, relabelings, clusterThreshold };
}

async function testAndWrite(
  request: TTestRequest,
  { began, participants, design, files, mask, regionOf, relabelings, clusterThreshold }: Checked,
  lock: Lock,
  progress: ProgressLine,
  signal?: AbortSignal,
): Promise<TTestSummary> {
  const results = new ResultFolder(request.out, resumeFolder(request.out));
  await results.finishMoves();
  await claimOutputs(request, results, files);
  const fingerprint = await requestFingerprint(request, files, [participants, mask.grid]);
  const { checkpoint, note } = await loadCheckpoint(request.out, fingerprint);
  if (note) progress.say(note);
  if (checkpoint) progress.say(`Going on after ${checkpoint.done} permutations of the run that was stopped.`);

  const result = await testImages({
    images: files,
    mask,
    design,
    relabelings,
    alpha: request.alpha,
    threads: request.threads,
    clusters:
      clusterThreshold === undefined
        ? undefined
        : { threshold: clusterThreshold, connectivity: request.connectivity },
    tfce: request.tfce ? { step: request.tfceStep } : undefined,
    varianceFwhm: request.varianceFwhm,
    signal,
    resume: checkpoint,
    onCheckpoint: (state) => saveCheckpoint(request.out, fingerprint, state),
    onProgress: (state) => progress.update(state.stage, state.share, progressText(state, files.length)),
  });
  progress.close();
  const seconds = (performance.now() - began) / 1000;
  const summary = summarise(result, request, participants, clusterThreshold, seconds);
  for (const warning of summary.warnings) progress.say(`Warning: ${warning}`);
  // Without a cluster-forming threshold tables show what is significant corrected for all voxels.
  const thresholds =
    clusterThreshold === undefined
      ? { gt: result.criticalT.gt, lt: result.criticalT.lt }
      : { gt: clusterThreshold, lt: clusterThreshold };
  await lock.check();
  const { kept } = await writeOutputs(result, request, mask, thresholds, summary, regionOf, results);
  for (const path of kept)
    progress.say(`A result was changed since it was written: what was there is kept as ${path}.`);
  await results.removeState();
  progress.say(
    `${summary.n} images, ${summary.voxels} voxels, ${summary.permutations} permutations${summary.exact ? ' (all there are)' : ''} in ${duration(seconds)}. Significant voxels (family-wise, alpha ${request.alpha}): ${summary.significantVoxels.two} two-sided, ${summary.significantVoxels.gt} ${request.groups[0]} > ${request.groups[1]}, ${summary.significantVoxels.lt} ${request.groups[0]} < ${request.groups[1]}. Maps and tables are in ${request.out}.`,
  );
  return summary;
}

function checkNumbers(request: TTestRequest): void {
  const positiveInteger = (name: string, value: number | undefined) => {
    if (value !== undefined && !(Number.isSafeInteger(value) && value >= 1)) {
      throw new RequestError(`${name} takes a whole number of at least 1, but got ${value}.`);
    }
  };
  positiveInteger('--permutations', request.permutations);
  positiveInteger('--threads', request.threads);
  if (!Number.isSafeInteger(request.seed))
    throw new RequestError(`--seed takes a whole number, but got ${request.seed}.`);
  if (!(request.alpha > 0 && request.alpha < 1)) {
    throw new RequestError(`--alpha lies between 0 and 1, but got ${request.alpha}.`);
  }
  if (request.varianceFwhm !== undefined && !(request.varianceFwhm > 0 && request.varianceFwhm < 1000)) {
    throw new RequestError(`--variance-fwhm takes millimetres above 0, but got ${request.varianceFwhm}.`);
  }
  if (request.tfceStep !== undefined && !(request.tfceStep > 0)) {
    throw new RequestError(`--tfce-step takes a height above 0, but got ${request.tfceStep}.`);
  }
}

function checkVariance({ variance, statistic, covariates, varianceFwhm }: TTestRequest): void {
  if (statistic === 'welch') {
    if (covariates.length > 0)
      throw new RequestError(
        '--statistic welch cannot be combined with --covariates. Leave out the covariates, or use --statistic student.',
      );
    if (varianceFwhm !== undefined)
      throw new RequestError(
        '--statistic welch has a variance for each group, --variance-fwhm smooths one of both. Leave out one of the two.',
      );
  }
  if (variance !== 'by-kind') return;
  if (covariates.length > 0)
    throw new RequestError(
      '--variance by-kind cannot be combined with --covariates: the fit of the covariates takes the variance of all kinds to be the same. Leave out the covariates, or use --variance pooled.',
    );
  if (varianceFwhm !== undefined)
    throw new RequestError(
      '--variance by-kind divides every voxel by its own standard deviation, so --variance-fwhm has nothing left to smooth. Leave out one of the two.',
    );
}

function progressText(state: ImageTestProgress, images: number): string {
  if (state.stage === 'read') return `Read ${state.images} of ${images} images`;
  const percent = 100 * state.share;
  return state.stage === 'standardise'
    ? `Standardised ${Math.round(percent)} % of the voxels`
    : `${state.relabelings} permutations, ${Math.floor(percent)} % done`;
}

/** The path of an image below the folder of the images; of one that lies elsewhere its name alone. */
function nameBelow(folder: string, path: string): string {
  const below = relative(folder, path);
  return below.startsWith('..') ? basename(path) : below;
}

function summarise(
  result: ImageTestResult,
  request: TTestRequest,
  participants: Participants,
  clusterThreshold: number | undefined,
  seconds: number,
): TTestSummary {
  const { design, relabelings, alpha } = result;
  const total = relabelings.count;
  const warnings = [...participants.notes];
  if (participants.leftOut > 0) {
    warnings.push(
      `${participants.leftOut} ${participants.leftOut === 1 ? 'row' : 'rows'} of other groups ${participants.leftOut === 1 ? 'was' : 'were'} left out.`,
    );
  }
  if (result.smallestP > alpha) {
    warnings.push(
      `The smallest p that these permutations can give is ${result.smallestP}, larger than alpha = ${alpha}: nothing can be significant. More permutations or more subjects are needed.`,
    );
  }
  // Named as in the folder of images: summary.json is passed on, and does not tell where people keep theirs.
  const images = result.images.map((image) => ({ ...image, name: nameBelow(request.images, image.name) }));
  warnings.push(...remarksInWords(images));
  if (result.excludedVoxels > 0) {
    const holes = holesInWords(images);
    warnings.push(
      `${result.excludedVoxels} voxels of the mask were left out: not finite in some image, constant${design.variance === 'by-kind' ? ' (within a kind is enough with --variance by-kind)' : ''}, or explained by the covariates.${holes === undefined ? '' : ` ${holes}`}`,
    );
  }
  const { first, last } = countsThatStraddle(alpha, total);
  const straddling = relabelings.exact
    ? 0
    : result.familyWiseCounts.two.reduce(
        (sum, count) => sum + (count >= first && count <= last && count > 0 ? 1 : 0),
        0,
      );
  if (straddling > 0) {
    warnings.push(
      `${straddling === 1 ? '1 voxel has' : `${straddling} voxels have`} a two-sided family-wise p whose 95 % binomial interval contains alpha; more permutations would decide them.`,
    );
  }
  const finite = (value: number) => (Number.isFinite(value) ? value : String(value));
  const { criticalT } = result;
  return {
    n: design.subjects,
    groups: { [request.groups[0]]: design.groups[0], [request.groups[1]]: design.groups[1] },
    voxels: result.testedVoxels,
    excludedVoxels: result.excludedVoxels,
    permutations: total,
    exact: relabelings.exact,
    seed: request.labelings === undefined ? request.seed : null,
    smallestP: result.smallestP,
    criticalT: { two: finite(criticalT.two), gt: finite(criticalT.gt), lt: finite(criticalT.lt) },
    significantVoxels: significantVoxels(result),
    thresholds: {
      alpha,
      degreesOfFreedom: design.degreesOfFreedom,
      covariates: design.covariateNames,
      kinds: design.kinds === undefined ? null : [...(request.kinds ?? [])],
      variance: design.variance,
      statistic:
        design.statistic === 'welch'
          ? "Welch's T; degrees of freedom of the smaller group, the fewest that it can have"
          : request.varianceFwhm === undefined
            ? 'T'
            : `pseudo-T, variance smoothed by ${request.varianceFwhm} mm`,
      clusterFormingT: clusterThreshold ?? null,
      clusterFormingP:
        clusterThreshold === undefined ? null : studentTail(clusterThreshold, design.degreesOfFreedom),
      connectivity: request.connectivity,
      uncorrectedParametricT: {
        two: studentQuantile(alpha / 2, design.degreesOfFreedom),
        oneSided: studentQuantile(alpha, design.degreesOfFreedom),
      },
      straddlingVoxels: straddling,
    },
    seconds,
    warnings,
  };
}
