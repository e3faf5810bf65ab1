import { basename } from 'node:path';
import { readHeader } from '@oinr/nifti';
import { RunError } from '@oinr/run';
import { type Acquired, round, slicesInWords } from '@oinr/scan';
import { missingPercent } from '@oinr/slices';
import { arrayAxis, voxelSizes } from '@oinr/volume';
import { schemaOf } from '../config/stageConfig.ts';
import { defaultOut } from '../folders.ts';
import { refuseRawData } from '../rawData.ts';
import { readAcquired } from '../readAcquired.ts';
import { readSliceFields } from '../scans/readSliceFields.ts';
import { distanceInWords, simulatedDistances } from '../simulate/sliceDistance.ts';
import { openSource } from '../source.ts';
import type { StageContext } from '../stageContext.ts';
import type { StageResult } from '../stageEnd.ts';
import { type StudyConfig, study, studyConfig } from '../study.ts';
import type { PlanConfig } from './config.ts';

/** A clinical scan, as far as it is to be simulated. */
interface Clinical {
  readonly acquired: Acquired;
  /** Of the slices in mm; their distance where nobody has said so. */
  readonly thickness: number;
  readonly words: string;
}

/**
 * The stage `plan`: reads how a clinical scan was acquired, and says by which command a study is simulated in which the
 * research scans have slices like it; with --run it runs that study.
 */
export async function plan(config: PlanConfig, context: StageContext): Promise<StageResult> {
  const { out: terminal } = context.terminal;
  const { acquired, thickness, words } = await readClinical(config);
  terminal.write(`${words}\n`);
  const { axisName: axis, gap } = acquired;
  const source = await openSource(
    { cohort: config.cohort, root: config.study, out: config.out ?? defaultOut },
    context.terminal,
  );
  const { subjects } = source.cohort;
  const spacing = await widestSpacing(
    subjects.map(({ image }) => image),
    axis,
  );
  if (2 * spacing > gap * 1.34)
    throw new RunError(
      `The ${axis} slices of ${source.cohort.name} are ${round(spacing)} mm apart, and those of ${basename(config.scan)} ${round(gap)} mm: the research scans are too coarse to simulate the clinical one on. Scans with a slice distance of at most ${round(gap / 2)} mm are needed.`,
    );
  const distance = round(gap);
  const [simulated] = await simulatedDistances([distance], subjects, axis);
  terminal.write(
    `${subjects.length} research scans with ${axis} slices ${round(spacing)} mm apart. ${distanceInWords(simulated, axis)} That is ${missingPercent(simulated.every)} % missing (k = ${simulated.every}).\n`,
  );
  // A slice that is thinner than those of the research scans is one of theirs.
  const profile = config.profile ?? (acquired.profile.kind === 'gauss' ? 'gauss' : 'box');
  const isThin = profile === 'thin' || thickness <= spacing;
  const values = {
    cohort: config.cohort,
    root: config.study,
    ...(config.out !== undefined && { out: config.out }),
    axis,
    sliceDistance: [distance],
    profile: isThin ? 'thin' : profile,
    ...(isThin || thickness === distance ? {} : { sliceThickness: thickness }),
    ...(config.groups !== undefined && { groups: config.groups }),
    smooth: config.smooth,
    ...(config.method !== undefined && { method: config.method }),
    ...(config.jobs !== undefined && { jobs: config.jobs }),
  };
  const command = context.door.command({ config: studyConfig, values });
  if (!config.run) {
    terminal.write(
      `This simulates it, imputes the missing slices, and tests the groups before and after:\n  ${command}\n`,
    );
    return { status: 'complete' };
  }
  await refuseRawData({ out: config.out, root: config.study });
  terminal.write(`Running: ${command}\n`);
  const asked = schemaOf(studyConfig).parse(values) as StudyConfig;
  return study(asked, context);
}

/** @throws as readAcquired; NiftiError and CohortError where scan or sidecar cannot be read. */
async function readClinical(config: PlanConfig): Promise<Clinical> {
  const { grid } = await readHeader(config.scan);
  const fields = await readSliceFields(config.scan);
  const acquired = await readAcquired(config.scan, fields, config);
  return { acquired, ...slicesInWords(basename(config.scan), grid, acquired, fields, config) };
}

/** mm between the slices of the scan that has the fewest. */
async function widestSpacing(images: readonly string[], axis: Acquired['axisName']): Promise<number> {
  const spacings: number[] = [];
  for (const image of images) {
    const { grid } = await readHeader(image);
    spacings.push(voxelSizes(grid.affine)[arrayAxis(grid, axis)]);
  }
  return Math.max(...spacings);
}
