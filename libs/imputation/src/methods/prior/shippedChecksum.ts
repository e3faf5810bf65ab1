/**
 * SHA-256 of weights/oinr-prior.safetensors. It stands in the code so that results of other weights count as results
 * of another version of the code.
 */
export const shippedChecksum = 'f092bea5d6fe2313145cb2833e940109a73ac0fa49416c9e02baaf9ddb6f9554';
