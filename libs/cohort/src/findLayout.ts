import type { CohortDescription, Layout, MadeLayout } from './layout.ts';
import { layouts } from './layouts/registry.ts';
import { loadLayout } from './ownLayout.ts';

/** The layout that a checked description names: one that comes with the package, or a file beside the description. */
export async function findLayout({
  layout,
  file,
}: Pick<CohortDescription, 'layout' | 'file'>): Promise<Layout | MadeLayout> {
  return layouts.find(({ name }) => name === layout) ?? (await loadLayout(layout, file));
}
