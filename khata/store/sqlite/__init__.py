"""The book as one SQLite file: facts and nothing else."""
