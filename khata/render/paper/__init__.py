"""Paper: what is set in type, with every letter joined as its script wants it."""
