/**
 * What a page may load and whom it may talk to: its own files and nobody else. `wasm-unsafe-eval` lets WebAssembly be
 * compiled and no text be run; `blob:` and `data:` are what the page itself has made.
 */
export const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self' blob: data:",
  "connect-src 'self' blob: data:",
  "worker-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');
