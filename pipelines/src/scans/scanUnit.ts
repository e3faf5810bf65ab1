import { basename } from 'node:path';
import { hashFile } from '@oinr/files';
import type { Executor } from '@oinr/graph';
import {
  errorsInIntensities,
  findMethod,
  type Imputation,
  inOriginalIntensities,
  writtenDetails,
} from '@oinr/imputation';
import { readHeader, writeVolume } from '@oinr/nifti';
import { fingerprint, RunError, relativePath, sourceName, type Unit, writeJson } from '@oinr/run';
import type { KeptSlices } from '@oinr/slices';
import { once } from '../once.ts';
import { isTrained } from '../simulate/methods.ts';
import { readScan } from '../simulate/scan.ts';
import { isSkullStripped, type SourceFields, sourceFields } from '../sourceFields.ts';
import type { generatedBy } from '../toolVersion.ts';
import { type Acquired, describeAcquisition, readSliceFields, round } from './acquired.ts';
import type { ScansConfig } from './config.ts';
import type { ScanFile } from './findScans.ts';
import { otherKind } from './imageKind.ts';
import { notForDiagnosis } from './notForDiagnosis.ts';
import { pathHash, resultsOf, unitName } from './results.ts';
import { type EvenedScan, evenSlices } from './sliceBrightness.ts';

/** What is done to every scan, as plain data that every worker process is given once. */
export interface ScansPlan {
  /** With an engine that is there. */
  readonly config: ScansConfig;
  /** For sidecars. */
  readonly generatedBy: typeof generatedBy;
}

/** What is kept of a finished scan. */
export interface ScanRow {
  readonly volume: string;
  /** One line: axis, spacing, profile. */
  readonly what: string;
  readonly chosen: string;
  /** Mean squared errors predicted by method, on intensity / 99.5th percentile. */
  readonly predicted: Readonly<Record<string, number>>;
  readonly remarks: readonly string[];
  /** Which image it was made from: hashes of its path and of its bytes. */
  readonly origin: Origin;
}

/** Tells one image from another. */
export interface Origin {
  readonly path: string;
  readonly bytes: string;
}

/** What a worker process has for all its scans. */
export interface ScansWorkshop {
  readonly plan: ScansPlan;
  /** Opened when the first scan asks for it; one per process. */
  readonly executor: () => Promise<Executor>;
}

/**
 * How a scan was acquired and what it would be brought to, in words.
 *
 * @throws as describeAcquisition, and where the file or its sidecar cannot be read.
 */
export async function acquisitionOf(file: ScanFile, config: ScansConfig): Promise<string> {
  const { grid } = await readHeader(file.path);
  const fields = await readSliceFields(file.path, file.folder === '' ? undefined : config.source);
  return inWords(describeAcquisition(grid, fields, config));
}

/**
 * The unit that imputes a scan with few slices, for which there is no truth. Slices that are thin samples are written as
 * they were measured, value for value.
 */
export function scanUnit(file: ScanFile, { plan, executor }: ScansWorkshop): Unit<ScanRow> {
  const { config } = plan;
  const acquisition = once(async () => {
    const { grid } = await readHeader(file.path);
    const root = file.folder === '' ? undefined : config.source;
    const fields = await readSliceFields(file.path, root);
    const source = await sourceFields(file.path, root);
    return { fields, source, acquired: describeAcquisition(grid, fields, config) };
  });
  const origin = once(
    async (): Promise<Origin> => ({ path: pathHash(file), bytes: await hashFile(file.path) }),
  );
  return {
    name: unitName(file, config.method),
    kind: 'scan',
    what: config.method,
    async inputs() {
      const { fields, source, acquired } = await acquisition();
      return {
        image: (await origin()).bytes,
        fields: { ...fields },
        source: fingerprint(JSON.stringify(source.fields)),
        anyImage: config.anyImage,
        sliceIntensity: config.sliceIntensity,
        method: config.method,
        axis: acquired.axis,
        every: acquired.finer.every,
        profile: { ...acquired.profile },
        trained: isTrained(config.method) ? { seed: config.seed, engine: config.engine } : null,
      };
    },
    async run({ signal, onProgress, fingerprint: identity, write }) {
      const { acquired, fields, source } = await acquisition();
      const measured = await readScan(
        { id: file.stem, group: '', image: file.path, columns: {} },
        acquired.axisName,
      );
      const kind = otherKind(measured.volume, file.stem, fields);
      if (kind !== undefined && !config.anyImage)
        throw new RunError(
          `${file.path} ${kind}; a T1-weighted scan was expected. --any-image imputes it all the same.`,
        );
      const even = evenSlices(measured, acquired.axis, config.sliceIntensity);
      const { scan } = even;
      const known: KeptSlices = {
        grid: acquired.finer.grid,
        axis: acquired.axis,
        kept: acquired.finer.kept,
        data: scan.scaled.data,
        profile: acquired.profile,
      };
      const opened = await executor();
      const imputation = await findMethod(config.method).impute(known, {
        executor: opened,
        seed: config.seed,
        signal,
        onProgress,
      });
      const acquiredSlices = { ...known, data: scan.volume.data };
      const imputed = inOriginalIntensities(imputation.data, acquiredSlices, scan.scale.value);
      const sidecar = sidecarOf({
        sourceHash: (await origin()).bytes,
        file,
        source,
        plan,
        acquired,
        even,
        kind,
        imputation,
        engine: opened.name,
        identity,
      });
      const description = `${config.method}, ${round(acquired.gap)} mm to ${round(acquired.finer.spacing)} mm`;
      const results = resultsOf(file, config);
      const outputs = await write(results, async ([volume, json]) => {
        await writeVolume(volume, { grid: known.grid, data: imputed }, { space: scan.space, description });
        await writeJson(json, sidecar);
      });
      const row = rowOf(relativePath(config.out, results[0]), acquired, sidecar);
      return { row: { ...row, origin: await origin() }, outputs };
    },
  };
}

interface Imputed {
  readonly file: ScanFile;
  /** What its sidecar says. */
  readonly source: SourceFields;
  readonly plan: ScansPlan;
  readonly acquired: Acquired;
  readonly even: EvenedScan;
  /** What the image is by all appearance, where it is no scan. */
  readonly kind?: string;
  readonly imputation: Imputation;
  readonly engine: string;
  readonly identity: string;
  /** SHA-256 of the image. */
  readonly sourceHash: string;
}

function sidecarOf({
  file,
  source,
  plan,
  acquired,
  even,
  kind,
  imputation,
  engine,
  identity,
  sourceHash,
}: Imputed): Sidecar {
  const { scan, factors } = even;
  const { config } = plan;
  const { steps, remarks, details } = imputation;
  const predicted = imputation.predicted ? errorsInIntensities(imputation.predicted) : {};
  const isPredicted = Object.keys(predicted).length > 0;
  const stripped = isSkullStripped(source, scan.volume);
  return {
    ...source.fields,
    Description: `T1-weighted volume: ${inWords(acquired)}. ${
      acquired.profile.kind === 'thin'
        ? `Acquired slices are as measured${factors ? ', divided by SliceIntensityFactors' : ''}.`
        : 'Acquired slices are averages, so the slices in their place are estimated too.'
    } No truth is known.`,
    // A single file is of no data set that a BIDS URI could name.
    Sources: [
      file.folder === '' ? basename(file.path) : `bids:source:${sourceName(config.source, file.path)}`,
    ],
    SourceSHA256: sourceHash,
    IntendedUse: notForDiagnosis,
    ...(stripped === undefined ? {} : { SkullStripped: stripped }),
    Method: config.method,
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
    ...(factors === undefined
      ? {}
      : { SliceIntensityFactors: factors.map((factor) => Number(factor.toFixed(6))) }),
    KeptEvery: acquired.finer.every,
    KeptSlices: acquired.finer.kept,
    ...(acquired.finer.beyond === 0
      ? {}
      : {
          SlicesBeyond: {
            AtEachEnd: acquired.finer.beyond,
            Description:
              'Slices before the first acquired centre and behind the last that lie within the thickness of these two. Of them nothing but the mean with their neighbours was measured, so they continue the outermost slice (nearest), brought in line with what it measured.',
          },
        }),
    PredictedErrors: predicted,
    PredictedErrorsDescription:
      'Mean squared error on lines held out inside the slices, where the same gap and profile were simulated; ' +
      'intensity / IntensityScale. In-plane lines stand in for lines across slices, so these errors are optimistic.',
    ...(isTrained(config.method) ? { Seed: config.seed } : {}),
    Engine: isTrained(config.method) ? engine : 'none',
    Steps: steps,
    IntensityScale: { Value: scan.scale.value, Description: scan.scale.description },
    Remarks: [
      ...(kind === undefined ? [] : [`The image ${kind}; it was imputed all the same (--any-image).`]),
      ...scan.remarks,
      ...even.remarks,
      ...acquired.remarks,
      ...remarks,
      ...(isPredicted ? [] : [notPredicted]),
    ],
    Details: writtenDetails(imputation),
    Fingerprint: identity,
    GeneratedBy: plan.generatedBy,
  };
}

const notPredicted = 'No errors were predicted; methods auto and oinr-internal do that.';

interface Sidecar extends Readonly<Record<string, unknown>> {
  readonly Method: string;
  readonly MethodChosen?: string;
  readonly PredictedErrors: Readonly<Record<string, number>>;
  readonly Remarks: readonly string[];
}

function rowOf(volume: string, acquired: Acquired, sidecar: Sidecar): Omit<ScanRow, 'origin'> {
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
