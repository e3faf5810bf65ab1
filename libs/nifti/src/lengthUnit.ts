/** The unit that a header's lengths are in, and what somebody should know of the choice. */
export interface LengthUnit {
  /** Millimetres in one unit. */
  readonly millimetres: number;
  readonly remark?: string;
}

/** By the lower three bits of xyzt_units; every other code says nothing of lengths. */
const stated: Readonly<Record<number, { readonly name: string; readonly millimetres: number }>> = {
  1: { name: 'metres', millimetres: 1000 },
  3: { name: 'micrometres', millimetres: 0.001 },
};

/** About how long a head is, in mm. Readings lie a factor of 1000 apart, so it need not be exact. */
const headLength = 200;

/** Images shorter or longer than this, in mm, show no head. */
const plausible = { least: 2, most: 2000 } as const;

/**
 * The unit of an image whose longest side is `extent`, in the header's own numbers. Millimetres where the header says
 * so or nothing, as all tools take it. Where it says metres or micrometres, that is weighed against millimetres: the
 * reading by which the image is more like a head in size is taken, since writers that keep millimetres leave a wrong
 * code behind as well as scanners of other things a right one.
 */
export function lengthUnit(xyztUnits: number, extent: number): LengthUnit {
  const unit = stated[xyztUnits & 7];
  if (unit === undefined) {
    if (extent >= plausible.least && extent <= plausible.most) return { millimetres: 1 };
    return {
      millimetres: 1,
      remark: `By its header the image is ${round(extent)} mm long, which no head is; millimetres were taken all the same. Correct xyzt_units where lengths are in another unit.`,
    };
  }
  const as = (millimetres: number): number => Math.abs(Math.log((extent * millimetres) / headLength));
  const inUnit = `${round(extent * unit.millimetres)} mm`;
  const inMillimetres = `${round(extent)} mm`;
  return as(unit.millimetres) <= as(1)
    ? {
        millimetres: unit.millimetres,
        remark: `The header's lengths are in ${unit.name} (xyzt_units): they were brought to millimetres, by which the image is ${inUnit} long, not ${inMillimetres}.`,
      }
    : {
        millimetres: 1,
        remark: `The header says that its lengths are in ${unit.name} (xyzt_units), by which the image would be ${inUnit} long; in millimetres it is ${inMillimetres}, which is more like a head, so millimetres were taken.`,
      };
}

function round(value: number): number {
  return Number(value.toPrecision(4));
}
