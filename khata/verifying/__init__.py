"""Whether a book is as it was written: a program of its own, with no writer in reach.

verify     the whole of it: schema, chain, details, replay  ->  Verdict
pages      one range of entries: hashes, links, canonical bytes, meaning, commitments, the cache's rows
tally      what is gathered over ranges, in any order, by one process or two
conclude   what only the whole book can tell: declared before use, reversed once, erased and still there
crew       the work shared between two processes; worker is the second one
sums       whether what each account was debited and credited fits
memory     what this machine wrote last, and up to where it verified the book before, held against it
against    another copy: one must go on from the other
"""
