/**
 * SHA-256 of weights/oinr-prior.safetensors. It stands in the code so that results of other weights count as results
 * of another version of the code.
 */
export const shippedChecksum = 'ddae761ffe622a96f800a8bb13d54db20573c720095c65adfb4693501b59f5dc';
