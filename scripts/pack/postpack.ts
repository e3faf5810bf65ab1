import { resolve } from 'node:path';
import { restoreManifest } from './restore.ts';

restoreManifest(resolve(import.meta.dirname, '../../apps/oinr'));
