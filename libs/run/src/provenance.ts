import { codeVersion } from './codeVersion.ts';
import { describeMachine, gitCommit } from './machine.ts';

export interface ProvenanceRequest {
  /** The stage's configuration as it is recorded: nothing that tells who works where. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Version of the program. */
  readonly version: string;
  /** URL of the module that computes. */
  readonly entry: string | URL;
}

/** What run.json says so that a stage can be understood and repeated: nothing that names the machine or its user. */
export async function provenance({
  config,
  version,
  entry,
}: ProvenanceRequest): Promise<Record<string, unknown>> {
  const [code, ...packages] = (await codeVersion(entry)).split(' ');
  const versions = packages.map((one) => {
    const at = one.lastIndexOf('@');
    return [one.slice(0, at), one.slice(at + 1)];
  });
  return {
    config,
    oinr: version,
    machine: describeMachine(),
    versions: Object.fromEntries(versions),
    commit: gitCommit(import.meta.dirname) ?? null,
    code,
  };
}
