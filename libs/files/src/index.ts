export { errorCode, explainFileError, FileWriteError, writeFileAtomic } from './atomic.ts';
