import { foreground, isHead } from '@oinr/registration';
import type { Sidecar } from '@oinr/slices';
import type { Volume } from '@oinr/volume';

/** What the sidecar of an imputed volume takes from that of its scan. */
export interface SourceFields {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly remarks: readonly string[];
}

/** Fields that are said of the scan's slices, or of its file, and do not hold for a volume with other slices. */
const ofTheFile = new Set([
  ...['SliceThickness', 'SpacingBetweenSlices', 'SliceTiming', 'SliceEncodingDirection', 'NumberOfSlices'],
  ...[
    'ImageType',
    'ImageTypeText',
    'Description',
    'Sources',
    'RawSources',
    'GeneratedBy',
    'SpatialReference',
  ],
  ...['ConversionSoftware', 'ConversionSoftwareVersion', 'ConversionComments', 'BidsGuess', 'RawImage'],
  ...['ImageOrientationPatientDICOM', 'ImageOrientationText'],
]);

/** Fields that converters write and that tell who the person is, or when and on which device they were scanned. */
const identifying =
  /^(Patient|Subject|Referring|Performing|Operator|Accession|Study|Series(Instance|UID)|SOP|Frame|DeviceSerial|StationName|Institution)|(UID|UIDs|Date|DateTime)$|^(Acquisition|Content|Series|Study|Instance)Time$|^(BirthDate|Comments|ImageComments|ProcedureStepDescription|ProtocolNameOriginal)$/;

/**
 * The fields of a scan's metadata that hold for a volume made of it: scanner, sequence, and whatever else was noted. Left out
 * is what is said of other slices, and what tells who the person is.
 */
export function sourceFieldsOf(sidecar: Sidecar): SourceFields {
  const kept = [...sidecar].filter(([name]) => !ofTheFile.has(name) && !identifying.test(name));
  return { fields: Object.fromEntries(kept.map(([name, { value }]) => [name, value])), remarks: [] };
}

/**
 * Whether an image shows a brain alone, for BIDS's SkullStripped: as its sidecar says, else by the size of what is not dark
 * (see isHead); undefined for an image without a voxel above 0.
 */
export function isSkullStripped(
  { fields }: Pick<SourceFields, 'fields'>,
  volume: Volume,
): boolean | undefined {
  if (typeof fields.SkullStripped === 'boolean') return fields.SkullStripped;
  return volume.data.some((value) => value > 0) ? !isHead(foreground(volume)) : undefined;
}
