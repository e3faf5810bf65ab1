import usual from './ava.config.js';

export default {
  ...usual,
  files: ['{apps/web,pipelines}/test/long/**/*.test.ts'],
  timeout: '30m',
};
