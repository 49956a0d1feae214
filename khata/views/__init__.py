"""The read model: a cache that may be deleted at any moment.

`catch_up` folds what the book has added into the tables that `schema` declares; `cut` holds the two clocks. What is
asked of them is in `khata.questions`.
"""
