import type { Cut } from './cut.ts';
import { element } from './svg.ts';

/** The edges between pixels of which one is in the region (above 0.5) and the other is not; the cut's top left at (x, y). */
export function border(
  region: Cut,
  x: number,
  y: number,
  size: { readonly width: number; readonly height: number },
  stroke: string,
): string {
  const { columns, rows, values } = region;
  const [dx, dy] = [size.width / columns, size.height / rows];
  const isInside = (column: number, row: number): boolean =>
    column >= 0 && row >= 0 && column < columns && row < rows && values[row * columns + column] > 0.5;
  const at = (value: number): string => value.toFixed(1);
  let path = '';
  for (let row = 0; row <= rows; row += 1) {
    for (let column = 0; column <= columns; column += 1) {
      const here = isInside(column, row);
      const [left, above] = [at(x + column * dx), at(y + row * dy)];
      if (here !== isInside(column - 1, row)) path += `M${left} ${above}V${at(y + (row + 1) * dy)}`;
      if (here !== isInside(column, row - 1)) path += `M${left} ${above}H${at(x + (column + 1) * dx)}`;
    }
  }
  return element('path', { d: path, fill: 'none', stroke, 'stroke-width': 1.2 });
}
