/**
 * SHA-256 of weights/oinr-prior.safetensors. It stands in the code so that results of other weights count as results
 * of another version of the code.
 */
export const shippedChecksum = 'd1025086a04af93b8b163d39d952886879f51a5d1b35b42ca754d0f596419460';
