export default {
  files: [
    '{apps,libs}/*/test/**/*.test.ts',
    'pipelines/test/**/*.test.ts',
    '{scripts,examples}/test/**/*.test.ts',
    // Minutes each: `npm run test:long`.
    '!**/test/long/**',
  ],
  extensions: ['ts'],
  // Native addons (onnxruntime, resvg) are happiest in processes of their own.
  workerThreads: false,
  concurrency: 2,
  timeout: '5m',
};
