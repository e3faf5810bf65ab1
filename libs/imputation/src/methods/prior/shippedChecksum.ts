/**
 * SHA-256 of weights/oinr-prior.safetensors. It stands in the code so that results of other weights count as results
 * of another version of the code.
 */
export const shippedChecksum = '1842c27923cb35cda586b3d5074cedeb5fd67e523c2296322759a9f9448e126b';
