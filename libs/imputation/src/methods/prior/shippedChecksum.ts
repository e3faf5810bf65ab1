/**
 * SHA-256 of weights/oinr-prior.safetensors. It stands in the code so that results of other weights count as results
 * of another version of the code.
 */
export const shippedChecksum = 'd061f7eccc6d0ea9f46aa81cda99fdf3ea7365f5001fe8770f352624f9034cf9';
