// Plain JavaScript, so that an old Node can say what it lacks instead of stumbling over the first TypeScript file.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(
    `Node ${process.versions.node} is too old: version 22.18 or newer is needed. Run "npm ci" and start stages with ` +
      '"npx nx run pipeline:impute", which uses the Node that the workspace installs.\n',
  );
  process.exitCode = 2;
} else {
  await import('./src/main.ts');
}
