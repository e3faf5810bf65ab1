/**
 * SHA-256 of weights/oinr-prior.safetensors. It stands in the code so that results of other weights count as results
 * of another version of the code.
 */
export const shippedChecksum = 'ae42cfa2535d02c0a9b2750cb1a03df4f00a650dbc2190c4bab281111f34fc64';
