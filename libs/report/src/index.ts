export { dataTable } from './dataTable.ts';
export { Html, html } from './html.ts';
export { renderPage } from './page.ts';
export type { TableSource } from './source.ts';
export type { JoiningTables, StudyReport } from './studyInput.ts';
export { studyReport } from './studyReport.ts';
export type { ViewerMap, ViewerOptions, ViewerPeak } from './viewer.ts';
export { viewerStep, viewerVolume } from './viewerVolume.ts';
