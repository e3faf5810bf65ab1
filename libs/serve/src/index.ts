export { contentSecurityPolicy } from './contentSecurityPolicy.ts';
export { type Served, serveFolder } from './serveFolder.ts';
