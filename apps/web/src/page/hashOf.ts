import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';

const chunkBytes = 2 ** 22;

/** The SHA-256 of a file, hexadecimal. Pages that were not loaded by https have no other way to it. */
export async function hashOf(file: Blob): Promise<string> {
  const hash = sha256.create();
  for (let from = 0; from < file.size; from += chunkBytes)
    hash.update(new Uint8Array(await file.slice(from, from + chunkBytes).arrayBuffer()));
  return bytesToHex(hash.digest());
}
