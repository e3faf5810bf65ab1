export { errorCode, explainFileError, FileWriteError, writeFileAtomic } from './atomic.ts';
export { writeJson } from './json.ts';
export { mapLimited } from './mapLimited.ts';
export { writeTogether } from './together.ts';
