/** A plane of rows x columns pixels, columns fastest. */
export interface PixelPlane {
  readonly values: Float32Array;
  readonly rows: number;
  readonly columns: number;
}

/** Means over blocks of factor x factor pixels. Blocks that the plane does not fill are means of what they have of it. */
export function averagedPlane({ values, rows, columns }: PixelPlane, factor: number): PixelPlane {
  if (factor === 1) return { values, rows, columns };
  const [coarseRows, coarseColumns] = [Math.ceil(rows / factor), Math.ceil(columns / factor)];
  const out = new Float32Array(coarseRows * coarseColumns);
  for (let r = 0; r < coarseRows; r++) {
    const rowEnd = Math.min(rows, (r + 1) * factor);
    for (let c = 0; c < coarseColumns; c++) {
      const columnEnd = Math.min(columns, (c + 1) * factor);
      let sum = 0;
      for (let row = r * factor; row < rowEnd; row++)
        for (let column = c * factor; column < columnEnd; column++) sum += values[row * columns + column];
      out[r * coarseColumns + c] = sum / ((rowEnd - r * factor) * (columnEnd - c * factor));
    }
  }
  return { values: out, rows: coarseRows, columns: coarseColumns };
}

/**
 * The plane at `factor` times as many pixels in both directions, cut to rows x columns: linear between the centres of
 * the coarse pixels, constant beyond the outermost.
 */
export function finerPlane(
  { values, rows: coarseRows, columns: coarseColumns }: PixelPlane,
  factor: number,
  rows: number,
  columns: number,
): PixelPlane {
  if (factor === 1) return { values, rows, columns };
  const [alongRows, alongColumns] = [cells(rows, coarseRows, factor), cells(columns, coarseColumns, factor)];
  const out = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    const { first: top, second: bottom, share: down } = alongRows[row];
    for (let column = 0; column < columns; column++) {
      const { first: left, second: right, share: across } = alongColumns[column];
      const upper = mix(values[top * coarseColumns + left], values[top * coarseColumns + right], across);
      const lower = mix(
        values[bottom * coarseColumns + left],
        values[bottom * coarseColumns + right],
        across,
      );
      out[row * columns + column] = mix(upper, lower, down);
    }
  }
  return { values: out, rows, columns };
}

/** Between which two coarse pixels every fine one lies, and how far towards the second. */
function cells(fine: number, coarse: number, factor: number) {
  return Array.from({ length: fine }, (_, i) => {
    const position = Math.min(coarse - 1, Math.max(0, (i + 0.5) / factor - 0.5));
    const first = Math.floor(position);
    return { first, second: Math.min(coarse - 1, first + 1), share: position - first };
  });
}

function mix(a: number, b: number, share: number): number {
  return a + share * (b - a);
}
