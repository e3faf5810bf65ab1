import { openExecutor } from '@oinr/engines';
import { serveUnits } from '@oinr/run';
import { once } from '../once.ts';
import type { ScanFile } from './findScans.ts';
import { type ScanRow, type ScansPlan, scanUnit } from './scanUnit.ts';

serveUnits<ScansPlan, ScanFile, ScanRow>(({ plan, threads }) => {
  const executor = once(() => openExecutor(plan.config.engine, { threads }));
  return (scan) => ({ units: [scanUnit(scan, { plan, executor })] });
});
