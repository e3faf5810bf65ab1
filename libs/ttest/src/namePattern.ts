import { basename, relative, sep } from 'node:path';

/**
 * Whether a file is meant by a pattern: `*` is any text, `?` any character, `[ab]` one of some; all else is itself. A pattern
 * without a slash is of the file's name alone; with one it is of the path below the folder, where `*` ends at a slash
 * and `**` does not.
 */
export function matchesPattern(pattern: string, folder: string, file: string): boolean {
  const isOfPath = pattern.includes('/');
  const name = isOfPath ? relative(folder, file).split(sep).join('/') : basename(file);
  return patternExpression(pattern).test(name);
}

function patternExpression(pattern: string): RegExp {
  const parts = pattern.split(/(\*\*\/?|\*|\?|\[[^\]]+\])/).map((part) => {
    if (part === '**/') return '(?:.*/)?';
    if (part === '**') return '.*';
    if (part === '*') return '[^/]*';
    if (part === '?') return '[^/]';
    if (/^\[.+\]$/.test(part))
      return `[${part
        .slice(1, -1)
        .replace(/^!/, '^')
        .replace(/[\\\]]/g, '\\$&')}]`;
    return part.replace(/[\\^$.|+()[\]{}]/g, '\\$&');
  });
  return new RegExp(`^${parts.join('')}$`, 'u');
}
