"""Evidence of a book, for who trusts neither the shop nor this program: docs/EVIDENCE.md says what it is."""
