"""A statement held against the book: which payment each line is, who paid, and how sure that is."""
