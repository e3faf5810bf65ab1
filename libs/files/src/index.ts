export { writeFileAtomic } from './atomic.ts';
export { errorCode, explainFileError, FileWriteError } from './errors.ts';
export { hashFile } from './hash.ts';
export { writeJson } from './json.ts';
export { FolderLockedError, type Lock, lockFolder } from './lock.ts';
export { makeFolder } from './makeFolder.ts';
export { mapLimited } from './mapLimited.ts';
export { ForeignFileError, type Published, ResultFolder } from './resultFolder.ts';
export { writeTogether } from './together.ts';
