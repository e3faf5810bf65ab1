/**
 * SHA-256 of weights/oinr-prior.safetensors. It stands in the code so that results of other weights count as results
 * of another version of the code.
 */
export const shippedChecksum = 'e125d670ebf0f30e73ee53f0d6132d742846b59d4f94bd51a463181008a5a514';
