"""The book, whole and alone: in an SQLite file, or in memory. One contract test holds for all."""
