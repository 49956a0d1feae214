"""`khata shell`: one process for a day at the counter, reading quick lines and the ordinary commands.

`keyboard` reads a line, `khata.grammar.quick` says what it means with what `customers` knows, `sitting` does it.
"""
