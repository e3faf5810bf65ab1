const litter = new Set([
  '__macosx',
  'thumbs.db',
  'ehthumbs.db',
  'desktop.ini',
  'lost+found',
  '@eadir',
  '#recycle',
  '#snapshot',
  '$recycle.bin',
  'system volume information',
  'icon\r',
]);

/**
 * Whether a name is that of something which file systems, desktops and archives leave beside people's files: names with a
 * dot in front (`._sub-01_T1w.nii.gz`, `.DS_Store`, `.git`, `.Trash`), `__MACOSX`, `Thumbs.db`, `lost+found`, `@eaDir`,
 * and the copies that editors and office programs keep (`name~`, `~$name`). They are never data.
 */
export function isLitter(name: string): boolean {
  return (
    name.startsWith('.') || name.startsWith('~$') || name.endsWith('~') || litter.has(name.toLowerCase())
  );
}
