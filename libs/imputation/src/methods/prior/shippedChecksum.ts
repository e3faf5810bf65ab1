/**
 * SHA-256 of weights/oinr-prior.safetensors. It stands in the code so that results of other weights count as results
 * of another version of the code.
 */
export const shippedChecksum = '893236ab27c77f26285877def2b8f87d8ba17f3df8c085d7336e1f04e7be25ae';
