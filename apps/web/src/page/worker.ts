// The work of the page, apart from it, so that the page never waits: reads scans, opens the engine, fills.
import { referenceExecutor } from '@oinr/engines';
import { errorMessage, InputError, UserError } from '@oinr/errors';
import {
  allMethods,
  errorsInIntensities,
  type ImputationMethod,
  type PriorModel,
  SubjectSession,
} from '@oinr/imputation';
import { volumeBlob } from '@oinr/nifti';
import { bidsLabel } from '@oinr/run';
import {
  errorMapInWords,
  errorMapStem,
  errorMapsOf,
  fillScan,
  imputedStem,
  keptSlicesOf,
  round,
  type ScanErrorMaps,
  sidecarOf,
} from '@oinr/scan';
import type { Volume } from '@oinr/volume';
import manifest from '../../package.json' with { type: 'json' };
import { type Engine, openEngine } from './engine.ts';
import { afterForTheEye } from './forTheEye.ts';
import { checkMemory, isOutOfMemory, outOfMemoryInWords } from './memory.ts';
import type { Asked, Filled, Told } from './messages.ts';
import { type OpenScan, openScan } from './openScan.ts';
import { loadOperator } from './operator.ts';

const methods = allMethods();
/** The seed of `oinr impute` unless another is named. */
const seed = 1;

let opening: Promise<{ readonly engine: Engine; readonly operator: PriorModel }> | undefined;
let current: OpenScan | undefined;

const tell = (told: Told): void => postMessage(told);

self.addEventListener('message', async ({ data }: MessageEvent<Asked>) => {
  try {
    await doAsked(data);
  } catch (error) {
    tell({ kind: 'refused', message: inWords(error), isSpent: isOutOfMemory(error) });
  }
});

async function doAsked(asked: Asked): Promise<void> {
  switch (asked.kind) {
    case 'open': {
      const { engine } = await open();
      tell({ kind: 'opened', engine: engine.words });
      break;
    }
    case 'look': {
      current = undefined;
      const { opened, found } = await openScan(asked.scan, asked.options);
      current = opened;
      tell({ kind: 'found', found });
      break;
    }
    case 'fill': {
      if (current === undefined) throw new InputError('No scan is open; choose one first.');
      const session = sessionOf(current);
      for (const method of asked.methods.map(methodNamed)) {
        const { image, bytes } = current;
        checkMemory(
          method.isTrained ? bytes.trained : bytes.interpolated,
          `Filling ${image.name} by ${method.name}`,
        );
        tell({ kind: 'filled', filled: await fill(current, method, session) });
      }
      tell({ kind: 'done' });
    }
  }
}

function methodNamed(name: string): ImputationMethod {
  const method = methods.get(name);
  if (method === undefined) throw new InputError(`There is no method "${name}".`);
  return method;
}

/** The engine and the operator, loaded once. */
function open(): Promise<{ readonly engine: Engine; readonly operator: PriorModel }> {
  opening ??= Promise.all([openEngine(), loadOperator()]).then(([engine, operator]) => ({
    engine,
    operator,
  }));
  return opening;
}

/** Work that the methods on one scan share; undefined where slices are evened out first, which makes others of them. */
function sessionOf({ acquired, scan, options }: OpenScan): SubjectSession | undefined {
  if (options.sliceIntensity === 'correct') return undefined;
  return new SubjectSession(keptSlicesOf(scan, acquired));
}

async function fill(
  { image, stem, options, scan, acquired, fields, carried, hash }: OpenScan,
  method: ImputationMethod,
  session: SubjectSession | undefined,
): Promise<Filled> {
  const began = performance.now();
  const { name } = method;
  tell({ kind: 'progress', method: name, share: 0 });
  // Interpolations touch no engine, and need not wait for one.
  const { executor, operator } = method.isTrained
    ? await open().then((opened) => ({ executor: opened.engine.executor, operator: opened.operator }))
    : { executor: referenceExecutor(), operator: undefined };
  const { sliceIntensity, anyImage } = options;
  const filled = await fillScan(
    { scan, acquired, fields, file: image.name, stem, method, sliceIntensity, anyImage },
    {
      executor,
      operator,
      seed,
      session,
      onProgress: (share) => tell({ kind: 'progress', method: name, share }),
    },
  );
  const seconds = (performance.now() - began) / 1000;
  const { imputation, volume } = filled;
  const label = bidsLabel(name);
  const saved = imputedStem(stem, label);
  const file = `${saved}.nii.gz`;
  const maps = options.errorMaps ? errorMapsOf(filled, name) : undefined;
  const mapFile = async (map: keyof ScanErrorMaps, half: Volume): Promise<File> => {
    const own = `${errorMapStem(stem, label, map)}.nii.gz`;
    const header = { space: scan.space, description: errorMapInWords(map, file) };
    return new File([await volumeBlob(half, own, header)], own);
  };
  const mapFiles = maps && { s68: await mapFile('s68', maps.s68), s95: await mapFile('s95', maps.s95) };
  const sidecar = sidecarOf(filled, {
    method,
    errorMaps: options.errorMaps ? Object.values(mapFiles ?? {}).map((one) => one.name) : undefined,
    carried,
    source: image.name,
    sourceHash: hash,
    seed,
    engine: executor.name,
    generatedBy: [{ Name: 'oinr', Version: manifest.version }],
  });
  const description = `${name}, ${round(acquired.gap)} mm to ${round(acquired.finer.spacing)} mm`;
  return {
    method: name,
    title: method.title,
    chosen: sidecar.MethodChosen ?? name,
    predicted: imputation.predicted ? errorsInIntensities(imputation.predicted) : {},
    remarks: sidecar.Remarks,
    seconds,
    after: await afterForTheEye(volume, acquired),
    volume: new File([await volumeBlob(volume, file, { space: scan.space, description })], file),
    sidecar: new File([`${JSON.stringify(sidecar, null, 2)}\n`], `${saved}.json`, {
      type: 'application/json',
    }),
    errorMaps: mapFiles,
  };
}

/** A sentence for the user; of a fault of the program what is known. */
function inWords(error: unknown): string {
  if (isOutOfMemory(error)) return outOfMemoryInWords(error);
  return error instanceof UserError
    ? error.message
    : `This is a fault of the program: ${errorMessage(error)}`;
}
