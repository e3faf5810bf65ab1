export { duration, ProgressLine, type ProgressStream } from './progressLine.ts';
export { RequestError, type TTestRequest } from './request.ts';
export { runTTest, type TTestSummary } from './runTTest.ts';
