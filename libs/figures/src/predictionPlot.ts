import * as Plot from '@observablehq/plot';
import { InputError } from '@oinr/errors';
import { chart } from './chart.ts';
import { type MethodColors, methodStyle } from './colors.ts';
import { legendEntry, powerTick } from './errorCurves.ts';
import { ink, label, svgDocument, textWidth } from './svg.ts';

export interface PredictedErrorRow {
  readonly method: string;
  readonly missingPercent: number;
  readonly predicted: number;
  readonly actual: number;
}

/**
 * The error that `auto` predicts from held-out in-plane lines against the true error over the missing slices, one
 * point per subject, method and percentage; both axes logarithmic, with the line of identity.
 */
export function predictionPlot(options: {
  readonly title: string;
  readonly description: string;
  readonly rows: readonly PredictedErrorRow[];
  readonly measure: string;
  /** Of methods that have one; the others take theirs from a palette, in order. */
  readonly colors?: MethodColors;
}): string {
  const rows = options.rows.filter((row) => row.predicted > 0 && row.actual > 0);
  if (rows.length === 0) {
    throw new InputError('There is no predicted error to draw; run the impute stage with the method auto.');
  }
  const style = (method: string) => methodStyle(method, methods, options.colors);
  const values = rows.flatMap((row) => [row.predicted, row.actual]);
  const domain = [Math.min(...values) * 0.85, Math.max(...values) * 1.18];
  const methods = [...new Set(rows.map((row) => row.method))];
  const size = 380;
  const axis = {
    type: 'log' as const,
    domain,
    labelAnchor: 'center' as const,
    labelArrow: 'none' as const,
    grid: true,
    tickFormat: powerTick,
  };
  return svgDocument(
    size + 60 + Math.max(80, ...methods.map((method) => textWidth(method, 12))),
    size + 26,
    options,
    [
      label(14, 16, `MSE, ${options.measure}`),
      chart(
        {
          width: size,
          height: size,
          marginLeft: 64,
          marginBottom: 44,
          x: { ...axis, label: 'predicted' },
          y: { ...axis, label: 'true' },
          marks: [
            Plot.line(
              [
                [domain[0], domain[0]],
                [domain[1], domain[1]],
              ],
              { stroke: ink, strokeDasharray: '5 4' },
            ),
            ...methods.map((method) => {
              const { color, symbol } = style(method);
              return Plot.dot(
                rows.filter((row) => row.method === method),
                { x: 'predicted', y: 'actual', fill: color, fillOpacity: 0.7, stroke: color, symbol, r: 3.5 },
              );
            }),
          ],
        },
        0,
        22,
      ),
      ...methods.map((method, index) => legendEntry(method, style(method), size + 12, 50 + index * 22)),
    ],
  );
}
