import type { Option } from './option.ts';
import { type AnyStageConfig, optionName } from './stageConfig.ts';

const width = 100;

/** The options of a stage, one block each: name, value, what it does. `without`: options, by their keys, left out. */
export function describeOptions(
  { options, operand }: AnyStageConfig,
  without: readonly string[] = [],
): string {
  const shown = Object.entries(options)
    .filter(([key]) => key !== operand && !without.includes(key))
    .flatMap(([key, option]): [string, Option][] => [
      ...(option.alsoAs === undefined
        ? []
        : [[option.alsoAs.name, option.alsoAs.option] as [string, Option]]),
      [optionName(key), option],
    ]);
  const heads = shown.map(([name, { value }]) => (value === undefined ? `--${name}` : `--${name} ${value}`));
  const column = Math.min(32, Math.max(...heads.map((head) => head.length)) + 4);
  return shown
    .map(([, { help, choices }], index) => {
      const head = `  ${heads[index]}`;
      const text = choices === undefined ? help : `${help} One of: ${choices.join(', ')}.`;
      const lines = wrap(text, width - column);
      const first = head.length < column ? head.padEnd(column) + (lines.shift() ?? '') : head;
      return [first, ...lines.map((line) => ' '.repeat(column) + line)].join('\n');
    })
    .join('\n');
}

/** Breaks a text into lines of at most `length` characters at blanks. */
export function wrap(text: string, length: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (line !== '' && line.length + 1 + word.length > length) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  if (line !== '') lines.push(line);
  return lines;
}
