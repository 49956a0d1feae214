"""The chain: bytes, and the hash of the bytes before. The log knows nothing of money."""
