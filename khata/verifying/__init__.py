"""Whether a book is as it was written: a program of its own, with no writer in reach.

A book is read in ranges of some hundred entries, by one process or by two in turns. Of each range it is checked what
the range alone can tell, and what it says of the rest is gathered in a tally: who was declared, what was reversed,
what each account was debited. Tallies of any ranges come together to that of the whole, in any order. Only then is it
decided what wants the whole book, and the gathered tables are held against the cache's. Where all is well, the tally
is kept outside the book, and a later verification may go on from there.

verify     the whole of it: schema, chain, details, replay  ->  Verdict
pages      one range of entries: hashes, links, canonical bytes, meaning, commitments, the cache's rows
tally      what is gathered over ranges, in any order, by one process or two
conclude   what only the whole book can tell: declared before use, reversed once, erased and still there
crew       the work shared between two processes; worker is the second one
sums       whether what each account was debited and credited fits
memory     what this machine wrote last, and up to where it verified the book before, held against it
against    another copy: one must go on from the other
"""
