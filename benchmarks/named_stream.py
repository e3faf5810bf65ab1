"""The named random streams of the project (libs/random), written again, so that what was drawn can be drawn again.

A stream is xoroshiro128+ (Blackman and Vigna 2018; shifts 24, 16, 37; the lower 32 bits of the sum are given), whose
state is the first 16 bytes of the SHA-256 of its name as JSON.
"""
import hashlib
import json

WORD = 0xFFFFFFFF
LONG = 0xFFFFFFFFFFFFFFFF


class Stream:
    def __init__(self, seed, *path):
        name = json.dumps([seed, *path], separators=(",", ":"), ensure_ascii=False)
        digest = hashlib.sha256(name.encode()).digest()
        self.first = int.from_bytes(digest[0:8], "big")
        self.second = int.from_bytes(digest[8:16], "big")

    def uint32(self):
        first, second = self.first, self.second
        second ^= first
        self.first = ((first << 24 | first >> 40) ^ second ^ (second << 16)) & LONG
        self.second = (second << 37 | second >> 27) & LONG
        return (first + (second ^ first)) & WORD

    def integer(self, n):
        """In [0, n): words at and above the largest multiple of n are drawn again."""
        bucket = 2**32 // n
        word = self.uint32()
        while word >= bucket * n:
            word = self.uint32()
        return word // bucket

    def shuffle(self, items):
        """Fisher and Yates, from the last item down, in place."""
        for i in range(len(items) - 1, 0, -1):
            j = self.integer(i + 1)
            items[i], items[j] = items[j], items[i]
        return items

    def permutation(self, n):
        return self.shuffle(list(range(n)))
