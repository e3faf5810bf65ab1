/**
 * SHA-256 of weights/oinr-prior.safetensors. It stands in the code so that results of other weights count as results
 * of another version of the code.
 */
export const shippedChecksum = 'e6462d8fc526ff4bc8e1f6f238db96c3b1c0bade55b9af6d0a8a00afa1eb9ca7';
