/**
 * SHA-256 of weights/oinr-prior.safetensors. It stands in the code so that results of other weights count as results
 * of another version of the code.
 */
export const shippedChecksum = '1dc94c252633136a0d022b773bacbe97b538c3276b92f3f3c7871ab51db79625';
