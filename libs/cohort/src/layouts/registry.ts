import type { Layout, MadeLayout } from '../layout.ts';
import { adniLayout } from './adni.ts';
import { bidsLayout } from './bids.ts';
import { insertedLayout } from './inserted.ts';
import { phantomLayout } from './phantom.ts';
import { tableLayout } from './table.ts';

/** The layouts that come with the package, in the order in which messages list them. */
export const layouts: readonly [Layout, ...(Layout | MadeLayout)[]] = [
  adniLayout,
  bidsLayout,
  tableLayout,
  phantomLayout,
  insertedLayout,
];
