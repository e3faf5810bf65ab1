// Plain JavaScript, so that an old Node can say what it lacks instead of stumbling over the first TypeScript file.
import { createRequire } from 'node:module';

const needed = createRequire(import.meta.url)('../package.json').engines.node.replace('>=', '');
const [major, minor] = process.versions.node.split('.').map(Number);
const [leastMajor, leastMinor] = needed.split('.').map(Number);
if (major < leastMajor || (major === leastMajor && minor < leastMinor)) {
  process.stderr.write(
    `Node ${process.versions.node} is too old: version ${needed} or newer is needed. Run "npm ci" and start stages with ` +
      '"npx nx run pipeline:impute", which uses the Node that the workspace installs.\n',
  );
  process.exitCode = 2;
} else {
  await import('./src/main.ts');
}
