"""The read model: a cache that may be deleted at any moment, and the questions that are put to it.

`catch_up` folds what the book has added into the cache; each question is one file with its SQL; `cut` holds the two
clocks; `state` is what the rules may ask while an entry is being recorded.
"""
