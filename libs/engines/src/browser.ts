// What of this package needs no Node. The bundler of the page takes this file in the place of index.ts.
export { webExecutor } from './onnx/webExecutor.ts';
export { referenceExecutor } from './reference/executor.ts';
export { fasterOf } from './speed.ts';
