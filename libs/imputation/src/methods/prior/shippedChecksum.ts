/**
 * SHA-256 of weights/oinr-prior.safetensors. It stands in the code so that results of other weights count as results
 * of another version of the code.
 */
export const shippedChecksum = '32f463720a2fccb55462dad90118ac0679e54d898a72ffb8c75f36898bbdbc35';
