"""The book for other programs: the log as lines that make the same book again, and a table for an accountant."""
