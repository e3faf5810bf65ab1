// What of this package needs no Node. The bundler of the page takes this file in the place of index.ts.
export { jsonObject } from './jsonObject.ts';
