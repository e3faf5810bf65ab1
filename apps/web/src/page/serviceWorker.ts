// Keeps the page's own files, so that it opens without a network, and asks the server for nothing twice. Scans never pass here.
declare const __FILES__: readonly string[];
declare const __BUILD__: string;

interface WaitingEvent extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface AskingEvent extends Event {
  readonly request: Request;
  respondWith(response: Promise<Response>): void;
}
const scope = self as unknown as EventTarget & { readonly clients: { claim(): Promise<void> } };
const prefix = 'oinr-';
const name = `${prefix}${__BUILD__}`;

scope.addEventListener('install', (event) => {
  (event as WaitingEvent).waitUntil(caches.open(name).then((cache) => cache.addAll([...__FILES__])));
});

scope.addEventListener('activate', (event) => {
  const renew = async (): Promise<void> => {
    const old = (await caches.keys()).filter((one) => one.startsWith(prefix) && one !== name);
    await Promise.all(old.map((one) => caches.delete(one)));
    await scope.clients.claim();
  };
  (event as WaitingEvent).waitUntil(renew());
});

scope.addEventListener('fetch', (event) => {
  const asking = event as AskingEvent;
  const { request } = asking;
  if (request.method !== 'GET' || new URL(request.url).origin !== self.location.origin) return;
  asking.respondWith(answer(request));
});

async function answer(request: Request): Promise<Response> {
  const cache = await caches.open(name);
  const kept = await cache.match(request, { ignoreSearch: true });
  if (kept) return kept;
  const fetched = await fetch(request);
  // Files that only some machines need, such as the engine for WebGPU.
  if (fetched.ok) await cache.put(request, fetched.clone());
  return fetched;
}
