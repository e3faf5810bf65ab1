/**
 * SHA-256 of weights/oinr-prior.safetensors. It stands in the code so that results of other weights count as results
 * of another version of the code.
 */
export const shippedChecksum = '10cec1d8175445b5bbee6c65ec6676c5d3952a97e10bf852a88a205727bd04a2';
