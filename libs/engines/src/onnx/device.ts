/** The device decides between equal forms: onnxruntime's CPU has fused operators that its GPUs lack. */
export interface Device {
  readonly target: 'cpu' | 'webgpu' | 'cuda';
  /**
   * Channels that onnxruntime's blocked convolutions hold together on this CPU (8 with AVX2, 16 with AVX-512); 1
   * where it has none, and on GPUs.
   */
  readonly block: number;
}
