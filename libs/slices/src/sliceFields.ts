import { InputError } from '@oinr/errors';

/** A field of the metadata of an image, and the file that says it. */
export interface SidecarField {
  readonly value: unknown;
  readonly file: string;
}

/** The metadata of an image by the names of BIDS. */
export type Sidecar = ReadonlyMap<string, SidecarField>;

/** What a BIDS sidecar says of slices and of what the image is. */
export interface SliceFields {
  /** In mm. */
  readonly SliceThickness?: number;
  readonly SpacingBetweenSlices?: number;
  /** The array axis along which slices were acquired: `i`, `j` or `k`, with a `-` where they run backwards. */
  readonly SliceEncodingDirection?: string;
  /** The values of DICOM's Image Type, such as `ORIGINAL`, `PRIMARY`, `P`. */
  readonly ImageType?: readonly string[];
}

/** What a sidecar says of slices. Throws an InputError where a field is of another type than BIDS says. */
export function sliceFieldsOf(sidecar: Sidecar): SliceFields {
  const field = <Value>(
    name: keyof SliceFields,
    expected: string,
    isFine: (value: unknown) => value is Value,
  ): Readonly<Record<string, Value>> => {
    const { value, file } = sidecar.get(name) ?? { value: undefined, file: '' };
    if (value === undefined || value === null) return {};
    if (!isFine(value))
      throw new InputError(`${file}: ${name} is ${JSON.stringify(value)}; ${expected} was expected.`);
    return { [name]: value };
  };
  const isNumber = (value: unknown): value is number => typeof value === 'number';
  const isText = (value: unknown): value is string => typeof value === 'string';
  const isList = (value: unknown): value is string[] => Array.isArray(value) && value.every(isText);
  return {
    ...field('SliceThickness', 'a positive number (mm)', isNumber),
    ...field('SpacingBetweenSlices', 'a positive number (mm)', isNumber),
    ...field('SliceEncodingDirection', 'i, j or k', isText),
    ...field('ImageType', 'a list of words', isList),
  };
}
