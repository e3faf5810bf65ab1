import { beforeAfter, beforeAfterScript } from './beforeAfter.ts';
import { bibTex } from './bibTex.ts';
import { figure } from './figure.ts';
import { findings } from './findings.ts';
import { html } from './html.ts';
import { hasJoining, joiningAnswer, notAsked } from './joining.ts';
import { methodsText, references } from './methodsText.ts';
import { renderPage, type Section } from './page.ts';
import { agreementSection } from './sections/agreement.ts';
import { biasSection } from './sections/bias.ts';
import { clustersSection } from './sections/clusters.ts';
import { crossFittingSection } from './sections/crossFitting.ts';
import { errorsSection } from './sections/errors.ts';
import { failuresSection } from './sections/failures.ts';
import { mixturesSection } from './sections/mixtures.ts';
import { preparationSection } from './sections/preparation.ts';
import { reproduceSection } from './sections/reproduce.ts';
import { testsSection } from './sections/tests.ts';
import type { ComparisonTables, StudyReport } from './studyInput.ts';
import { viewer, viewerScripts } from './viewer.ts';

/** One self-contained page about a run. Pure: the same input gives the same text. */
export function studyReport(report: StudyReport): string {
  const { comparison, joining = {} } = report.tables;
  const answersJoining = hasJoining(joining);
  const mixtures = mixturesSection(joining);
  const sections: Section[] = [
    ...(answersJoining ? [joiningAnswer(joining, report.figures.joining, report.question)] : []),
    {
      id: 'findings',
      heading: answersJoining ? 'Everybody full, or everybody imputed' : 'Answer',
      body:
        comparison === undefined
          ? html`<p>The groups have not been compared in this run: there are errors of imputation below, and no verdict. Run the compare stage, then this one again.</p>`
          : html`${findings(comparison)}${answersJoining ? '' : notAsked(report.question)}`,
    },
    ...(mixtures === undefined ? [] : [mixtures]),
    ...(report.preparation === undefined ? [] : [preparationSection(report.preparation)]),
    ...(comparison === undefined ? [] : comparisonSections(report, comparison)),
    ...(report.tables.errors === undefined ? [] : [errorsSection(report, report.tables.errors)]),
    ...(report.figures.subjects.length > 0
      ? [{ id: 'subjects', heading: 'Subjects', body: html`${report.figures.subjects.map(figure)}` }]
      : []),
    ...(report.tables.crossFit === undefined ? [] : [crossFittingSection(report.tables.crossFit)]),
    failuresSection(report),
    {
      id: 'methods',
      heading: 'Methods and references',
      body: html`${methodsText(report.methods)}<h3>References</h3>${references(report.methods)}<h3>BibTeX</h3>${bibTex(report.version)}`,
    },
    reproduceSection(report),
  ];
  return renderPage({
    title: `Imputed slices in a group study: cohort ${report.cohort}, run ${report.run}`,
    subtitle: html`May scans with missing slices join the group study, with which method, and what is each of them worth? Every number carries the file, line and column it comes from (hover or inspect).`,
    sections,
    scripts: [
      ...(report.viewer === undefined ? [] : viewerScripts()),
      ...(report.flicker === undefined ? [] : [beforeAfterScript()]),
    ],
    footer: html`Made by oinr ${report.version}. ${
      report.figures.subjects.length > 0
        ? 'This page shows images of single subjects; check the terms of the data before passing it on.'
        : 'No image of a single subject is in this page.'
    }`,
  });
}

function comparisonSections(
  { figures, flicker, viewer: maps }: StudyReport,
  tables: ComparisonTables,
): Section[] {
  return [
    agreementSection(tables),
    {
      id: 'viewer',
      heading: 'Statistic maps',
      body: html`${maps === undefined ? '' : viewer(maps)}${flicker === undefined || flicker.pairs.length === 0 ? '' : html`<h3>Full data and the best method, laid over each other</h3>${beforeAfter(flicker)}`}${figures.maps.map(figure)}`,
    },
    clustersSection(tables.peaks, figures.peaks),
    ...(tables.bias === undefined ? [] : [biasSection(tables.bias)]),
    testsSection(tables.datasets, figures.statistics),
  ];
}
