import { basename } from 'node:path';
import { hashFile } from '@oinr/files';
import type { Executor } from '@oinr/graph';
import { findMethod } from '@oinr/imputation';
import { writeVolume } from '@oinr/nifti';
import { fingerprint, relativePath, sourceName, type Unit, writeJson } from '@oinr/run';
import {
  type Acquired,
  acquisitionInWords,
  errorMapInWords,
  errorMapsOf,
  type FilledSidecar,
  fillScan,
  round,
  sidecarOf,
} from '@oinr/scan';
import { once } from '../once.ts';
import { readAcquired } from '../readAcquired.ts';
import { isTrained } from '../simulate/methods.ts';
import { readScan } from '../simulate/scan.ts';
import { sourceFields } from '../sourceFields.ts';
import type { generatedBy } from '../toolVersion.ts';
import type { ScansConfig } from './config.ts';
import type { ScanFile } from './findScans.ts';
import { readSliceFields } from './readSliceFields.ts';
import { errorMapsFiles, pathHash, resultsOf, unitName } from './results.ts';

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
 * @throws as readAcquired, and where the file or its sidecar cannot be read.
 */
export async function acquisitionOf(file: ScanFile, config: ScansConfig): Promise<string> {
  const fields = await readSliceFields(file.path, file.folder === '' ? undefined : config.source);
  return acquisitionInWords(await readAcquired(file.path, fields, config));
}

/**
 * The unit that imputes a scan with few slices, for which there is no truth. Slices that are thin samples are written as
 * they were measured, value for value.
 */
export function scanUnit(file: ScanFile, { plan, executor }: ScansWorkshop): Unit<ScanRow> {
  const { config } = plan;
  const acquisition = once(async () => {
    const root = file.folder === '' ? undefined : config.source;
    const fields = await readSliceFields(file.path, root);
    const source = await sourceFields(file.path, root);
    return { fields, source, acquired: await readAcquired(file.path, fields, config) };
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
        errorMaps: config.errorMaps,
        method: config.method,
        axis: acquired.axis,
        every: acquired.finer.every,
        profile: { ...acquired.profile },
        trained: isTrained(config.method) ? { seed: config.seed, engine: config.engine } : null,
      };
    },
    async run({ signal, onProgress, fingerprint: identity, write }) {
      const { acquired, fields, source } = await acquisition();
      const scan = await readScan(
        { id: file.stem, group: '', image: file.path, columns: {} },
        acquired.axisName,
      );
      const opened = await executor();
      const { method: name, seed, sliceIntensity, anyImage } = config;
      const method = findMethod(name);
      const filled = await fillScan(
        { scan, acquired, fields, file: file.path, stem: file.stem, method, sliceIntensity, anyImage },
        { executor: opened, seed, signal, onProgress },
      );
      const maps = config.errorMaps ? errorMapsOf(filled, name) : undefined;
      const mapFiles = maps ? errorMapsFiles(file, config) : [];
      const sidecar = sidecarOf(filled, {
        method,
        errorMaps: config.errorMaps ? mapFiles.map((path) => basename(path)) : undefined,
        carried: source,
        // A single file is of no data set that a BIDS URI could name.
        source:
          file.folder === '' ? basename(file.path) : `bids:source:${sourceName(config.source, file.path)}`,
        sourceHash: (await origin()).bytes,
        seed,
        engine: opened.name,
        fingerprint: identity,
        generatedBy: plan.generatedBy,
      });
      const description = `${name}, ${round(acquired.gap)} mm to ${round(acquired.finer.spacing)} mm`;
      const results = resultsOf(file, config);
      const outputs = await write([...results, ...mapFiles], async ([volume, json, s68, s95]) => {
        await writeVolume(volume, filled.volume, { space: scan.space, description });
        await writeJson(json, sidecar);
        if (maps === undefined) return;
        const around = basename(results[0]);
        for (const [map, path] of [
          ['s68', s68],
          ['s95', s95],
        ] as const)
          await writeVolume(path, maps[map], {
            space: scan.space,
            description: errorMapInWords(map, around),
          });
      });
      const row = rowOf(relativePath(config.out, results[0]), acquired, sidecar);
      return { row: { ...row, origin: await origin() }, outputs };
    },
  };
}

function rowOf(volume: string, acquired: Acquired, sidecar: FilledSidecar): Omit<ScanRow, 'origin'> {
  return {
    volume,
    what: acquisitionInWords(acquired),
    chosen: sidecar.MethodChosen ?? sidecar.Method,
    predicted: sidecar.PredictedErrors,
    remarks: sidecar.Remarks,
  };
}
