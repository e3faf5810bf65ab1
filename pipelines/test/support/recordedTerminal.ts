/** A terminal that remembers what was written to it. */
export interface RecordedTerminal {
  readonly out: { write(text: string): void };
  readonly error: { write(text: string): void };
  text(): string;
}

export function recordedTerminal(): RecordedTerminal {
  let said = '';
  const out = {
    write: (text: string) => {
      said += text;
    },
  };
  return { out, error: out, text: () => said };
}
