import { Manifest, serveUnits } from '@oinr/run';
import type { ScanFile } from '../findScans.ts';
import { type PageRow, type PagesPlan, pageUnit } from './pageUnit.ts';

serveUnits<PagesPlan, ScanFile, PageRow>(({ plan, folder, records }) => {
  const { results } = new Manifest(folder, records);
  return (scan) => ({ units: [pageUnit(scan, plan, results)] });
});
