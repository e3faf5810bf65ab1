import { spawn } from 'node:child_process';
import { InferenceSession } from 'onnxruntime-node';
import { OnnxGraph } from './builder.ts';
import { encodeModel } from './model.ts';

/*
 * Whether an onnxruntime provider works here is found out by opening a session on it. That is done in a child process:
 * graphics drivers write warnings of their own to stderr, and a broken one can take its process down.
 */
const reasons = new Map<string, Promise<string>>();
const patienceInSeconds = 30;

/** Empty when the provider works, else why not, as a sentence. Asked once per process. */
export function providerProblem(provider: 'webgpu' | 'cuda'): Promise<string> {
  const known = reasons.get(provider) ?? probeInChild(provider);
  reasons.set(provider, known);
  return known;
}

function probeInChild(provider: 'webgpu' | 'cuda'): Promise<string> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [import.meta.filename, provider], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const timer = setTimeout(() => child.kill('SIGKILL'), patienceInSeconds * 1000);
    let output = '';
    child.stdout.on('data', (part: Buffer) => {
      output += part.toString();
    });
    child.on('error', (error) => resolve(`The ${provider} provider could not be tried: ${error.message}.`));
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      const [, answer] = /^probe: (.*)$/m.exec(output) ?? [];
      if (answer === undefined) resolve(`The ${provider} provider ends its process (${signal ?? code}).`);
      else resolve(answer === 'works' ? '' : explain(provider, answer));
    });
  });
}

function explain(provider: 'webgpu' | 'cuda', message: string): string {
  if (/Failed to get a WebGPU adapter/.test(message)) {
    return 'No WebGPU adapter was found: it needs a GPU with a Vulkan, Metal or Direct3D 12 driver.';
  }
  if (provider === 'cuda') {
    return (
      'onnxruntime has no CUDA provider here; with an NVIDIA GPU and CUDA 12, add it by ' +
      '`ONNXRUNTIME_NODE_INSTALL=cuda12 node node_modules/onnxruntime-node/script/install.js`.'
    );
  }
  return `onnxruntime says: ${message}.`;
}

/** Opens a session on a provider and reports, as one line, how that went. */
async function probe(provider: string): Promise<void> {
  const graph = new OnnxGraph('probe');
  const x = graph.input('x', 'float', [1]);
  graph.output(graph.add('Neg', [x]), 'y', 'float', [1]);
  try {
    const model = encodeModel(graph.parts(), graph.domains);
    const session = await InferenceSession.create(model, {
      executionProviders: [provider],
      logSeverityLevel: 4,
    });
    await session.release();
    console.log('probe: works');
  } catch (error) {
    console.log(
      `probe: ${String(error instanceof Error ? error.message : error)
        .replaceAll('\n', ' ')
        .trim()}`,
    );
  }
}

if (process.argv[1] === import.meta.filename) await probe(process.argv[2] ?? 'cpu');
