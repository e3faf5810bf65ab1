import { type FitPanel, fitCurves, type ImagePanel, imagePanels } from '@oinr/figures';
import {
  cite,
  dataTable,
  figure,
  type Html,
  html,
  type ReportFigure,
  renderPage,
  type Section,
  type TableSource,
} from '@oinr/report';
import { parseNumber, type Table } from '@oinr/tables';
import type { ExperimentTables, JudgedClaim } from './claims/judge.ts';
import type { Experiment } from './experiment.ts';
import { experiments } from './experiments/registry.ts';
import { type Series, seriesOf, sideMetrics } from './series.ts';

/** What the page is made of. */
export interface PaperPageRequest {
  readonly run: string;
  readonly tables: ExperimentTables;
  readonly verdicts: Table;
  readonly claims: readonly JudgedClaim[];
  /** tables/pictures.tsv */
  readonly pictures: Table;
  /** Bytes of the pictures by their files; what is not there is not shown. */
  readonly pngs: ReadonlyMap<string, Uint8Array>;
  readonly failures: Table;
  readonly remarks: Table;
  /** The command that makes all this again. */
  readonly command: string;
  /** Engine, versions, machine: names and values. */
  readonly facts: readonly (readonly [name: string, value: string])[];
  /** Such as `CPU seconds`. */
  readonly clock: string;
  readonly version: string;
}

/** One page about the experiments of a run: what of the paper holds, and its tables and figures made anew. Pure. */
export function paperPage(request: PaperPageRequest): string {
  const { run, tables, version } = request;
  return renderPage({
    title: `The paper\u2019s experiments, run ${run}`,
    subtitle: html`What of the O-INR paper holds on this machine, by rules that are stated, beside trivial baselines. Every number carries the file, line and column it comes from (hover or inspect).`,
    sections: [
      claimsSection(request),
      ...experiments.flatMap((experiment) => {
        const table = tables.get(experiment.name);
        return table === undefined ? [] : [experimentSection(experiment, table, request)];
      }),
      notesSection(request),
      methodsSection(request),
      {
        id: 'reproduce',
        heading: 'Reproduce',
        body: html`<pre>${request.command}</pre>
<div class="scroll"><table><tbody>${request.facts.map(([name, value]) => html`<tr><th scope="row">${name}</th><td class="sentence" data-source="run.json">${value}</td></tr>`)}</tbody></table></div>
<p class="quiet">From run.json in the run folder, which has all options.</p>`,
      },
    ],
    footer: html`Made by oinr ${version}. Photographs: coffee by Rachel Michetti, rocket by SpaceX, chelsea by Stefan van der Walt, camera by Lav Varshney (all CC0), astronaut by NASA (public domain).`,
  });
}

/** Claim, verdict, evidence. */
function claimsSection({ claims, tables }: PaperPageRequest): Section {
  const counts = [...Map.groupBy(claims, ({ verdict }) => verdict)].map(
    ([verdict, own]) => `${verdict} (${own.length})`,
  );
  return {
    id: 'claims',
    heading: 'What holds',
    body: html`<p>Verdicts on ${claims.length} claims: ${counts.join(', ')}. A verdict follows from the tables by the rule that stands below its evidence, and from nothing else; \u201chere\u201d means signals, sizes and budgets of this run.</p>
<figure class="table" id="table-claims"><figcaption><span>Claims of the paper</span><span class="tools"><code>tables/verdicts.tsv</code></span></figcaption>
<div class="scroll claims" tabindex="0" role="region" aria-label="Claims of the paper"><table><thead><tr><th scope="col">Claim</th><th scope="col">Verdict</th><th scope="col">Evidence</th></tr></thead><tbody>${claims.map(
      (claim, n) =>
        html`<tr><td class="sentence">${claim.says} <span class="quiet">${claim.where}</span></td><td class="verdict"><strong><data value="${claim.verdict}" data-source="tables/verdicts.tsv" data-line="${n + 2}" data-column="verdict">${claim.verdict}</data></strong></td><td class="sentence">${evidenceOf(claim, tables)}</td></tr>
`,
    )}</tbody></table></div></figure>`,
  };
}

function evidenceOf({ evidence, experiment, rule }: JudgedClaim, tables: ExperimentTables): Html {
  const table = experiment === undefined ? undefined : tables.get(experiment);
  const words = evidence.map((part) =>
    typeof part === 'string' || table === undefined
      ? String(part)
      : cite({ file: `tables/${experiment}.tsv`, table }, part.row, part.column, part.format),
  );
  const isRule = evidence.length === 1 && evidence[0] === rule;
  return html`${words}${isRule ? '' : html` <span class="quiet">Rule: ${rule}</span>`}`;
}

/** A table of what came out at the end, curves, and what is to be seen. */
function experimentSection(experiment: Experiment, table: Table, request: PaperPageRequest): Section {
  const { name, title, redoes, about, published } = experiment;
  const source: TableSource = { file: `tables/${name}.tsv`, table };
  const series = seriesOf(table);
  const ends = series
    .filter(({ metric }) => !sideMetrics.includes(metric))
    .map(({ rows }) => rows.at(-1) ?? 0);
  const curves = curvesOf(experiment, table, series, request.clock);
  const pictures = picturesOf(experiment, request);
  return {
    id: name,
    heading: `${redoes}: ${title}`,
    body: html`<p>${about}</p>
${published === undefined ? '' : html`<p class="quiet"><strong>In the paper:</strong> ${published}</p>`}
${dataTable({
  id: `table-${name}`,
  caption: `${redoes}, ours: after the last step`,
  source,
  rows: ends,
  columns: [
    { column: 'case', heading: 'case', format: 'text' },
    { column: 'size', heading: 'size', format: 'text' },
    { column: 'shape', heading: 'shape', format: 'text' },
    { column: 'method', heading: 'method', format: 'text' },
    { column: 'recipe', heading: 'recipe', format: 'text' },
    { column: 'parameters', heading: 'parameters', format: 'integer' },
    { column: 'octaves', heading: 'octaves', format: 'integer' },
    { column: 'learning_rate', heading: 'rate', format: 'p', help: 'Learning rate at first' },
    { column: 'seed', heading: 'seed', format: 'integer' },
    { column: 'step', heading: 'steps', format: 'integer' },
    { column: 'cpu_seconds', heading: request.clock, format: 'one' },
    { column: 'metric', heading: 'metric', format: 'text' },
    { column: 'value', heading: 'value', format: 'three' },
  ],
})}
${curves === undefined ? '' : figure(curves)}${pictures === undefined ? '' : figure(pictures)}`,
  };
}

/** What stands on the axis of curves, by the metric; other metrics are in the tables alone. */
const measures: Readonly<Record<string, string>> = { psnr_db: 'PSNR, dB', iou: 'IoU' };

function curvesOf(
  { name, redoes }: Experiment,
  table: Table,
  series: readonly Series[],
  clock: string,
): ReportFigure | undefined {
  const metric = Object.keys(measures).find((one) => series.some((own) => own.metric === one && own.isFit));
  if (metric === undefined) return undefined;
  const number = (row: number, column: string): number => parseNumber(table.rows[row][column]) ?? 0;
  const panels = [...new Set(series.map((one) => one.case))].flatMap((signal): FitPanel[] => {
    const own = series.filter((one) => one.case === signal && one.metric === metric);
    const fits = own.filter(({ isFit }) => isFit);
    if (fits.length === 0) return [];
    return [
      {
        name: signal,
        fits: fits.map((fit) => ({
          method: fit.name,
          points: fit.rows.map((row) => ({
            step: number(row, 'step'),
            seconds: number(row, 'cpu_seconds'),
            value: number(row, 'value'),
          })),
        })),
        baselines: own
          .filter(({ isFit }) => !isFit)
          .map((one) => ({ method: one.name, value: number(one.rows[0], 'value') })),
      },
    ];
  });
  return {
    id: `curves-${name}`,
    caption: `${redoes}: ${measures[metric]} against steps and against ${clock}. Dashed: baselines, which take no steps.`,
    svg: fitCurves({
      title: `${measures[metric]} of every fit of the experiment ${name}`,
      description: `A row for each case, ${measures[metric]} against steps on the left and against ${clock} on the right.`,
      panels,
      measure: measures[metric],
      clock,
    }),
    sources: [`tables/${name}.tsv`],
  };
}

function picturesOf(
  { name, redoes }: Experiment,
  { pictures, pngs }: PaperPageRequest,
): ReportFigure | undefined {
  const own = pictures.rows.filter(({ experiment }) => experiment === name);
  const rows = [...Map.groupBy(own, (row) => row.case)].map(([signal, shown]) => ({
    name: signal,
    panels: shown.flatMap((row): ImagePanel[] => {
      const png = pngs.get(row.file);
      return png === undefined ? [] : [{ name: titleOf(row), png }];
    }),
  }));
  if (rows.every(({ panels }) => panels.length === 0)) return undefined;
  return {
    id: `pictures-${name}`,
    caption: `${redoes}: what the networks and baselines have made of the signals.`,
    svg: imagePanels({
      title: `Pictures of the experiment ${name}`,
      description: 'A row for each case: the signal, baselines and networks.',
      rows,
    }),
    sources: ['tables/pictures.tsv'],
  };
}

/** `truth`, `siren`, `oinr stopped`. */
function titleOf({ method, label }: Table['rows'][number]): string {
  if (label === 'n/a') return method;
  return ['truth', 'noisy'].includes(label) ? label : `${method}, ${label.replaceAll('-', ' ')}`;
}

function notesSection({ failures, remarks }: PaperPageRequest): Section {
  const sentences = [...new Set(remarks.rows.map(({ remark }) => remark))];
  return {
    id: 'notes',
    heading: 'What failed, and what to know',
    body: html`${
      failures.rows.length === 0
        ? html`<p>Nothing failed.</p>`
        : html`<ul class="problem">${failures.rows.map((row) => html`<li>${row.experiment}, ${row.case}${row.method === 'n/a' ? '' : `, ${row.method}`}: ${row.reason}</li>`)}</ul><p class="quiet">From <code>tables/failures.tsv</code>.</p>`
    }${sentences.length === 0 ? '' : html`<ul>${sentences.map((one) => html`<li>${one}</li>`)}</ul><p class="quiet">From <code>tables/remarks.tsv</code>.</p>`}`,
  };
}

function methodsSection({ clock }: PaperPageRequest): Section {
  return {
    id: 'methods',
    heading: 'Methods',
    body: html`<p>Every fit minimises the mean squared error. The recipe <em>muon</em> trains the kernels of O-INR with Muon (Nesterov momentum 0.95, five Newton\u2013Schulz rounds, steps of 0.03) at a constant rate that falls linearly to zero over the second half of the steps; <em>paper</em> is Adam (0.9, 0.999) at the constant rate that was published for a network, and <em>paper-decay</em> the same with that decay. Networks are drawn as published: SIREN (\u03c9 = 30), WIRE (complex, \u03c9 and \u03c3 of its authors for each task), MFN with Gabor filters, O-INR with 3\u00d73 kernels on sinusoids of the octaves in the table. Steps, seconds, seed and learning rate of every result stand in its row.</p>
<p>Quarter size: photographs are box means of 4\u00d74 pixels, and networks have as many parameters for each value of the signal as those of the paper at full size. PSNR has the peak 1 and no value is cut off before. ${clock === 'CPU seconds' ? 'CPU seconds are those of the process (user and system) during the fit, without what is measured on the way.' : 'Seconds are those of the wall during the fit, without what is measured on the way, since the engine is a GPU.'}</p>
<p>Every result is of one draw of initial weights; where a verdict hangs on less than about half a decibel, repeat it with other values of <code>--seed</code>.</p>
<h3>References</h3>
<ul><li>Pal S, Xiong H and others. Implicit representations via operator learning. ICML 2024.</li>
<li>Sitzmann V, Martel J, Bergman A, Lindell D, Wetzstein G. Implicit neural representations with periodic activation functions. NeurIPS 2020.</li>
<li>Saragadam V, LeJeune D, Tan J, Balakrishnan G, Veeraraghavan A, Baraniuk R. WIRE: wavelet implicit neural representations. CVPR 2023.</li>
<li>Fathony R, Sahu AK, Willmott D, Kolter JZ. Multiplicative filter networks. ICLR 2021.</li>
<li>Jordan K and others. Muon: an optimizer for hidden layers in neural networks. 2024.</li></ul>`,
  };
}
