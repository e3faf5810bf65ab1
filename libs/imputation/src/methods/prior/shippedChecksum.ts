/**
 * SHA-256 of weights/oinr-prior.safetensors. It stands in the code so that results of other weights count as results
 * of another version of the code.
 */
export const shippedChecksum = '1cc649c88b2b7955ee2480d551755389b3dcbd081344b9e36a260b3b19e83935';
