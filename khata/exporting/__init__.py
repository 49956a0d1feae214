"""The book for other programs: the log as lines that make the same book again, tables, journals."""
