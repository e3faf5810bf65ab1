import { UsageError } from '@oinr/errors';
import type { Shard } from '@oinr/run';
import { outsideChoices } from '@oinr/ttest';
import { z } from 'zod';
import { defaultOut, isDescriptionFile, userPath } from '../folders.ts';
import { choice, custom, flag, integer, list, number, type Option, path, text } from './option.ts';

/** Which cohort: a name in cohorts/, or the path of a description. Of a path the file's name alone is recorded. */
export function cohort(help: string, standard: string): Option<z.ZodType<string>> {
  const about = { value: 'NAME|FILE', help, default: standard };
  return { ...custom<string, typeof about>(z.string().min(1), cohortCodec, about), toRecord: nameOnly };
}

/** The same where what is taken without it depends on other options. */
export function optionalCohort(help: string): Option<z.ZodType<string | undefined>> {
  return {
    ...custom<string, object>(z.string().min(1), cohortCodec, { value: 'NAME|FILE', help }),
    toRecord: nameOnly,
  };
}

const cohortCodec = {
  read: (word: string): string => (isDescriptionFile(word) ? userPath(word) : word),
  print: (value: string): string => value,
};

/** Enough to find it again. */
const nameOnly = (cohort: string): string => cohort.split(/[/\\]/).at(-1) || cohort;

/** The name of a run, which becomes a folder. */
export function run(help: string, standard = 'default'): Option<z.ZodType<string>> {
  const pattern = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;
  return custom<string, { default: string }>(
    z.string().regex(pattern),
    {
      read: (word, name) => {
        if (pattern.test(word)) return word;
        throw new UsageError(
          `--${name} ${JSON.stringify(word)} cannot be a folder name; use letters, digits, dots, hyphens and underscores.`,
        );
      },
      print: (value) => value,
    },
    { value: 'NAME', help, default: standard },
  );
}

export const root = path({
  value: 'DIR',
  help: 'Where the data of the cohort are, when its description does not say so.',
});

export const out = path({
  value: 'DIR',
  default: defaultOut,
  help: 'Where runs are written. Default: reports/.',
  changesNothing: true,
});

export const resolutionColumn = text({
  value: 'NAME',
  help: 'Column of the participants table that says which scans have all slices (`full`) and which have few (one other word). Where those really lie farther apart, they are imputed too, without a truth; full scans are thinned like the coarsest of them.',
});

export const participantLabel = list({
  value: '01 02 ...',
  help: 'Only these subjects, with or without "sub-". Default: all.',
});

export const jobs = (help: string) => integer({ value: 'N', least: 1, help, changesNothing: true });

/** `3/20` */
export const shard = custom<Shard, object>(
  z
    .object({ index: z.int().min(1), of: z.int().min(1) })
    .refine(({ index, of }) => index <= of, 'the number of the part is at most the number of parts'),
  {
    read: (word, name) => {
      const [, index, of] = /^(\d+)\/(\d+)$/.exec(word) ?? [];
      if (Number(index) >= 1 && Number(index) <= Number(of)) return { index: Number(index), of: Number(of) };
      throw new UsageError(
        `--${name} needs the number of this part and the number of parts, such as 3/20 for the third of twenty, but got ${JSON.stringify(word)}.`,
      );
    },
    print: ({ index, of }) => `${index}/${of}`,
  },
  {
    value: 'I/N',
    help: 'Do the I-th of N parts of the people, beside other processes or machines that do the others in the same folder, as in a job array of a cluster. When all parts are done, the same command without it makes tables and pages of them, and does what is missing.',
    changesNothing: true,
  },
);

export const seed = (help = 'Seed of everything random. Default: 1.', standard = 1) =>
  integer({ value: 'N', least: 0, help, default: standard });

/** What maps hold where nothing was tested. */
export const outside = choice(outsideChoices, {
  value: 'HOW',
  default: 'nan',
  help: 'What maps hold outside the mask, and in voxels of it that could not be tested: nan, or zero for programs that cannot read NaN (maps of p and q then hold 1, since 0 would be the most significant). Default: nan.',
});

export const force = (help: string) => flag({ help, changesNothing: true });

export const phantomPerGroup = integer({
  value: 'N',
  least: 1,
  help: 'Subjects in each group of the phantom.',
});

export const phantomVoxelSize = number({
  value: 'MM',
  above: 0,
  help: 'Edge of the voxels of the phantom in mm.',
});

/** The phantom's options that were given, by the names of its description. */
export function phantomOf(config: {
  readonly phantomPerGroup?: number;
  readonly phantomVoxelSize?: number;
}): Readonly<Record<string, number>> | undefined {
  const { phantomPerGroup: perGroup, phantomVoxelSize: voxelSize } = config;
  if (perGroup === undefined && voxelSize === undefined) return undefined;
  return {
    ...(perGroup !== undefined && { perGroup }),
    ...(voxelSize !== undefined && { voxelSize }),
  };
}
