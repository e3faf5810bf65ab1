import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { EngineName } from '@oinr/engines';
import type { Executor } from '@oinr/graph';
import { findMethod } from '@oinr/imputation';
import { readHeader, writeVolume } from '@oinr/nifti';
import { bidsLabel, fingerprint, hashFile, sourceName, writeJson } from '@oinr/run';
import { type KeptSlices, keptShape } from '@oinr/slices';
import { isTrained } from '../impute/methods.ts';
import { readScan, type Scan } from '../impute/scan.ts';
import { type Acquired, describeAcquisition, readSliceFields, round } from './acquired.ts';
import { imputedStem, type ScanFile } from './findScans.ts';
import type { ScanOptions } from './options.ts';

/** One scan with what is done to it, as plain data for a worker process. */
export interface ScanTask {
  readonly scan: ScanFile;
  readonly options: ScanOptions;
  readonly engine: EngineName;
  readonly executorName: string;
  readonly threads: number;
  readonly code: string;
  readonly generatedBy: string;
}

/** What is told of a finished scan. */
export interface ScanResult {
  readonly volume: string;
  readonly isReused: boolean;
  /** One line: axis, spacing, profile. */
  readonly what: string;
  readonly chosen: string;
  /** Mean squared errors predicted by method, on intensity / 99.5th percentile. */
  readonly predicted: Readonly<Record<string, number>>;
  readonly remarks: readonly string[];
}

/**
 * Imputes a really low-resolution scan, for which there is no truth. Slices that are thin samples are written as they
 * were measured, value for value. A volume that is there from the same scan, options and code is left as it is.
 */
export async function imputeScan(
  task: ScanTask,
  openExecutor: () => Promise<Executor>,
  signal: AbortSignal,
): Promise<ScanResult> {
  const { scan: file, options } = task;
  const { grid } = await readHeader(file.path);
  const fields = await readSliceFields(file.path);
  const acquired = describeAcquisition(grid, fields, options);
  const path = join(options.out, file.folder, imputedStem(file.stem, bidsLabel(options.method)));
  const identity = fingerprint({
    image: await hashFile(file.path),
    fields: { ...fields },
    method: options.method,
    axis: acquired.axis,
    every: acquired.finer.every,
    profile: { ...acquired.profile },
    trained: isTrained(options.method) ? { seed: options.seed, engine: task.executorName } : null,
    code: task.code,
  });
  const volume = `${path}.nii.gz`;
  const before = options.force ? undefined : await earlierSidecar(path);
  if (before?.Fingerprint === identity && existsSync(volume))
    return { ...resultOf(volume, acquired, before), isReused: true };

  const scan = await readScan({ id: file.stem, group: '', image: file.path, columns: {} }, acquired.axisName);
  const known: KeptSlices = {
    grid: acquired.finer.grid,
    axis: acquired.axis,
    kept: acquired.finer.kept,
    data: scan.scaled.data,
    profile: acquired.profile,
  };
  const executor = await openExecutor();
  const { data, steps, remarks, details } = await findMethod(options.method).impute(known, {
    executor,
    seed: options.seed,
    signal,
  });
  const imputed = data.map((value) => value * scan.scale.value);
  if (acquired.profile.kind === 'thin') copyAcquired(imputed, known, scan);
  const predicted = predictedErrors(details);
  const isPredicted = Object.keys(predicted).length > 0;
  const sidecar: Sidecar = {
    Description: `T1-weighted volume: ${inWords(acquired)}. ${
      acquired.profile.kind === 'thin'
        ? 'Acquired slices are as measured.'
        : 'Acquired slices are averages, so the slices in their place are estimated too.'
    } No truth is known.`,
    Sources: [
      `bids:source:${sourceName(file.folder === '' ? dirname(file.path) : options.source, file.path)}`,
    ],
    Method: options.method,
    ...(typeof details.chosen === 'string' ? { MethodChosen: details.chosen } : {}),
    SliceAxis: acquired.axisName,
    SliceArrayAxis: ['i', 'j', 'k'][acquired.axis],
    AcquiredSpacingMillimetres: round(acquired.gap),
    SpacingMillimetres: round(acquired.finer.spacing),
    SliceProfile: {
      Kind: acquired.profile.kind,
      ...(acquired.thickness === undefined ? {} : { ThicknessMillimetres: round(acquired.thickness) }),
      KnownFrom: acquired.profileFrom,
    },
    KeptEvery: acquired.finer.every,
    KeptSlices: acquired.finer.kept,
    PredictedErrors: predicted,
    PredictedErrorsDescription:
      'Mean squared error on lines held out inside the slices, where the same gap and profile were simulated; ' +
      'intensity / IntensityScale. In-plane lines stand in for lines across slices.',
    ...(isTrained(options.method) ? { Seed: options.seed } : {}),
    Engine: isTrained(options.method) ? executor.name : 'none',
    Steps: steps,
    IntensityScale: { Value: scan.scale.value, Description: scan.scale.description },
    Remarks: [...acquired.remarks, ...remarks, ...(isPredicted ? [] : [notPredicted])],
    Details: details,
    Fingerprint: identity,
    GeneratedBy: task.generatedBy,
  };
  const description = `${options.method}, ${round(acquired.gap)} mm to ${round(acquired.finer.spacing)} mm`;
  await writeVolume(volume, { grid: known.grid, data: imputed }, { space: scan.space, description });
  await writeJson(`${path}.json`, sidecar);
  return { ...resultOf(volume, acquired, sidecar), isReused: false };
}

const notPredicted = 'No errors were predicted; methods auto and oinr-internal do that.';

interface Sidecar extends Readonly<Record<string, unknown>> {
  readonly Method: string;
  readonly MethodChosen?: string;
  readonly PredictedErrors: Readonly<Record<string, number>>;
  readonly Remarks: readonly string[];
  readonly Fingerprint: string;
}

/** The sidecar of an earlier run; undefined where there is none that can be read. */
async function earlierSidecar(path: string): Promise<Sidecar | undefined> {
  try {
    return JSON.parse(await readFile(`${path}.json`, 'utf8')) as Sidecar;
  } catch {
    return undefined;
  }
}

function resultOf(volume: string, acquired: Acquired, sidecar: Sidecar): Omit<ScanResult, 'isReused'> {
  return {
    volume,
    what: inWords(acquired),
    chosen: sidecar.MethodChosen ?? sidecar.Method,
    predicted: sidecar.PredictedErrors,
    remarks: sidecar.Remarks,
  };
}

/** `31 axial slices 5 mm apart (box of 5 mm) brought to 1 mm, 151 slices`. */
function inWords({ axis, axisName, gap, finer, profile, thickness }: Acquired): string {
  const slices = profile.kind === 'thin' ? 'thin' : `${profile.kind} of ${round(thickness ?? gap)} mm`;
  return (
    `${finer.kept.length} ${axisName} slices ${round(gap)} mm apart (${slices}) brought to ` +
    `${round(finer.spacing)} mm, ${finer.grid.shape[axis]} slices`
  );
}

/** `heldOutMse.*` of the details, on the scale that is named in the sidecar. */
function predictedErrors(details: Readonly<Record<string, number | string>>): Record<string, number> {
  const scale = typeof details.heldOutScale === 'number' ? details.heldOutScale ** 2 : Number.NaN;
  return Object.fromEntries(
    Object.entries(details).flatMap(([name, value]) => {
      const method = /^heldOutMse\.(.+)$/.exec(name)?.[1];
      const error = Number(value) * scale;
      return method === undefined || !Number.isFinite(error) ? [] : [[method, error]];
    }),
  );
}

/** Scaling and back rounds; thin slices are written exactly as they were measured. */
function copyAcquired(imputed: Float32Array, known: KeptSlices, { volume }: Scan): void {
  const [nx, ny] = keptShape(known);
  const { shape } = known.grid;
  const step = ([0, 1, 2] as const).map((axis) => (axis === known.axis ? (known.kept[1] ?? 1) : 1));
  volume.data.forEach((value, index) => {
    const [x, y, z] = [index % nx, Math.floor(index / nx) % ny, Math.floor(index / (nx * ny))];
    imputed[x * (step[0] ?? 1) + shape[0] * (y * (step[1] ?? 1) + shape[1] * z * (step[2] ?? 1))] = value;
  });
}
