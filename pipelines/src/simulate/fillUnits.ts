import type { Subject } from '@oinr/cohort';
import { findMethod, inOriginalIntensities, SubjectSession, writtenDetails } from '@oinr/imputation';
import { writeVolume } from '@oinr/nifti';
import { fingerprint, relativePath, sourceName, type TaskUnits, type Unit, writeJson } from '@oinr/run';
import { describeAcquisition, isSkullStripped } from '@oinr/scan';
import { dropSlices, type KeptSlices, missingPercent } from '@oinr/slices';
import { type CellValue, type Table, tableOf } from '@oinr/tables';
import { once } from '../once.ts';
import { sourceFields } from '../sourceFields.ts';
import type { ThinScans } from '../thinScans.ts';
import { imputedPath } from './derivativeNames.ts';
import { hashInputs, type Workshop } from './job.ts';
import { isTrained } from './methods.ts';
import { kindOf } from './plan.ts';
import { readScan } from './scan.ts';
import { unitSeed } from './seed.ts';

/** What is kept of a scan with few slices that was imputed: there is no truth, and so no error. */
export interface FilledRow {
  readonly kind: 'filled';
  readonly method: string;
  readonly every: number;
  /** mm between the acquired slices, and between those of the imputed volume. */
  readonly acquired: number;
  readonly spacing: number;
  /** Every how many acquired slices one was used. */
  readonly used: number;
  /** The volume's path below the run folder. */
  readonly volume: string;
}

/** The units of a subject whose scan really has few slices: one for each method, to the slice distance of the full scans. */
export function fillUnits(
  subject: Subject,
  methods: readonly string[],
  thin: ThinScans,
  workshop: Workshop,
): TaskUnits<FilledRow> {
  const { plan, folder } = workshop;
  const { config } = plan;
  const used = thin.used[subject.id];
  const hashes = once(() => hashInputs(folder, { ...subject, mask: undefined }));
  const source = once(() => sourceFields(subject.image, plan.sourceRoot));
  const scan = once(() => readScan({ ...subject, mask: undefined }, config.axis, config.scale));
  const kept = once(async () => {
    const { volume, scaled, axis } = await scan();
    const { finer, profile, gap } = describeAcquisition(
      volume.grid,
      {},
      {
        axis: config.axis,
        spacing: thin.spacing,
        profile: config.profile,
        sliceThickness: config.sliceThickness,
      },
    );
    const slices = finer.kept.map((_, index) => index).filter((index) => index % used === 0);
    const known: KeptSlices = {
      grid: finer.grid,
      axis,
      kept: slices.map((index) => finer.kept[index]),
      data: dropSlices(scaled, axis, slices).data,
      profile,
    };
    const measured = { ...known, data: dropSlices(volume, axis, slices).data };
    return { known, measured, finer, gap, session: new SubjectSession(known) };
  });
  const unit = (method: string): Unit<FilledRow> => ({
    name: [subject.id, `${method}-k${thin.every}`],
    kind: kindOf(method, thin.every),
    what: `${method}, few slices`,
    inputs: async () => ({
      ...(await hashes()),
      source: fingerprint(JSON.stringify((await source()).fields)),
      ...{
        axis: config.axis,
        profile: config.profile,
        sliceThickness: config.sliceThickness,
        scale: config.scale,
      },
      ...{ spacing: thin.spacing, every: thin.every, used, method },
      trained: isTrained(method) ? { seed: config.seed, engine: config.engine } : null,
    }),
    async run({ signal, onProgress, write }) {
      const read = await scan();
      const { known, measured, finer, gap, session } = await kept();
      const executor = await workshop.executor();
      const seed = unitSeed(config.seed, subject.id, thin.every);
      const imputation = await findMethod(method).impute(known, {
        executor,
        seed,
        session,
        signal,
        onProgress,
      });
      const data = inOriginalIntensities(imputation.data, measured, read.scale.value);
      const path = imputedPath(folder, subject.id, method, thin.every);
      const outputs = await write([`${path}.nii.gz`, `${path}.json`], async ([volume, sidecar]) => {
        const description = `${method}, few slices brought to ${finer.spacing.toPrecision(4)} mm`;
        await writeVolume(volume, { grid: known.grid, data }, { space: read.space, description });
        const { fields, remarks } = await source();
        const stripped = isSkullStripped({ fields }, read.volume);
        await writeJson(sidecar, {
          ...fields,
          Description: `T1-weighted volume of a scan with few ${config.axis} slices (${gap.toPrecision(4)} mm apart) in which the slices between were imputed by ${method}. No truth is known.`,
          Sources: [`bids:source:${sourceName(plan.sourceRoot, subject.image)}`],
          SourceSHA256: (await hashes()).image,
          ...(stripped === undefined ? {} : { SkullStripped: stripped }),
          Method: method,
          MissingPercent: missingPercent(thin.every),
          SliceAxis: config.axis,
          SliceArrayAxis: ['i', 'j', 'k'][known.axis],
          AcquiredSpacingMillimetres: Number(gap.toPrecision(6)),
          SpacingMillimetres: Number(finer.spacing.toPrecision(6)),
          UsedEvery: used,
          KeptEvery: finer.every * used,
          KeptSlices: known.kept,
          ...(isTrained(method) ? { Seed: seed } : {}),
          Engine: isTrained(method) ? executor.name : 'none',
          Steps: imputation.steps,
          IntensityScale: { Value: read.scale.value, Description: read.scale.description },
          Remarks: [...read.remarks, ...imputation.remarks, ...remarks],
          Details: writtenDetails(imputation),
          GeneratedBy: plan.generatedBy,
        });
      });
      const row: FilledRow = {
        kind: 'filled',
        ...{ method, every: thin.every, acquired: gap, spacing: finer.spacing, used },
        volume: relativePath(folder, `${path}.nii.gz`),
      };
      return { row, outputs };
    },
  });
  return { units: methods.map(unit) };
}

/** A scan with few slices that was imputed by a method. */
export interface FilledVolume extends FilledRow {
  readonly subject: string;
  readonly group: string;
}

/** tables/filled.tsv: the scans that really have few slices, for which no error is known. */
export function filledTable(filled: readonly FilledVolume[]): Table {
  return tableOf(
    ['participant_id', 'group', 'method', 'k', 'missing_percent', 'acquired_mm', 'spacing_mm', 'used_every'],
    filled.map(
      ({ subject, group, method, every, acquired, spacing, used }): Record<string, CellValue> => ({
        participant_id: `sub-${subject}`,
        group,
        method,
        k: every,
        missing_percent: missingPercent(every),
        acquired_mm: acquired,
        spacing_mm: spacing,
        used_every: used,
      }),
    ),
  );
}
