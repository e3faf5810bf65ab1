import type { z } from 'zod';
import type { Finding, LayoutResult } from './candidate.ts';
import type { common } from './fields.ts';
import type { GroupRule } from './grouping.ts';
import type { OpenOptions } from './openOptions.ts';
import type { Cohort } from './subject.ts';

/** zod, as it is handed to layouts: one that lies beside a description needs no package of its own. */
export type Zod = typeof z;

/** A checked description: the fields of every description, those of its layout, and the file it was read from. */
export type Described<Fields> = z.output<z.ZodObject<typeof common>> & {
  readonly layout: string;
  readonly file: string;
} & Fields;

/** A checked description of any layout. */
export type CohortDescription = Described<{ readonly groups?: GroupRule | 'none' | undefined }>;

interface Named<Fields> {
  /** What `layout:` says in descriptions, for a layout that comes with the package; a name for messages otherwise. */
  readonly name: string;
  /**
   * Schemas of the fields that descriptions have for this layout alone, by name; without it there are none. Fields of
   * every description (name, root, mask, exclude, ...) need no schema.
   */
  fields?(zod: Zod): { readonly [Name in keyof Fields]-?: z.ZodType<Fields[Name]> };
}

/**
 * How the files of a cohort lie in its folder. `Fields` is what a checked description holds for this layout alone.
 * Groups, masks, exclusions and safe names are not its business: openCohort applies them to what it finds.
 */
export interface Layout<Fields = object> extends Named<Fields> {
  /** True when the root may be a file (a table) instead of a folder. */
  readonly rootMayBeFile?: boolean;
  /**
   * Everybody in the folder `root` (an absolute path), with the absolute paths of images that exist, and a finding for
   * everything there that cannot be used. Throws a UserError for a folder that is not right as a whole.
   */
  read(description: Described<Fields>, root: string): Promise<LayoutResult>;
}

/** A layout whose files are made first, and then read by another layout. */
export interface MadeLayout<Fields = object> extends Named<Fields> {
  /** Makes the files, or finds them made. */
  make(description: Described<Fields>, options: OpenOptions, cohorts: OtherCohorts): Promise<MadeData>;
}

/** How a layout gets at other cohorts, of which its own is made. */
export interface OtherCohorts {
  /** The description in a file, relative to a folder, or of a name there. Throws CohortError. */
  describe(nameOrFile: string, folder: string): Promise<CohortDescription>;
  /** All people of a cohort. Throws as openCohort. */
  open(
    description: CohortDescription,
    options: OpenOptions,
  ): Promise<Cohort & { readonly excluded: readonly Finding[] }>;
}

/** Where the made files are, and by which layout and description they are read. */
export interface MadeData {
  readonly root: string;
  readonly layout: Layout;
  readonly description: CohortDescription;
  /** Of whom nothing was made, and why. */
  readonly findings?: readonly Finding[];
  /** Sentences on what was made; see Cohort.notes. */
  readonly notes?: readonly string[];
}

/** The fields that a layout's schemas describe, checked. */
export type FieldsOf<Schemas extends (zod: Zod) => z.ZodRawShape> = z.output<
  z.ZodObject<ReturnType<Schemas>>
>;
