export { contentSecurityPolicy } from './contentSecurityPolicy.ts';
export { serveFolder } from './serveFolder.ts';
