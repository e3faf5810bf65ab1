/**
 * SHA-256 of weights/oinr-prior.safetensors. It stands in the code so that results of other weights count as results
 * of another version of the code.
 */
export const shippedChecksum = 'a9228a1ae95771f9b18ce8fecba943b0942f1b47661eb32d631bd2cf6b00afc6';
