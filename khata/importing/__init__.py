"""Other people's files: read, checked row by row against the book, and recorded all or nothing.

A file is read to its end before the book is asked anything, and the book is asked everything before it is locked: the
lock is held only while rows that are known to be well are written. Should an entry come in between, it is checked
again. Rows wait in a file without a name, and so a year needs no more memory than a day. Whatever is wrong is a fault
with row, column and value: collected, never just the first.

`run.import_file` is the way in. `source` opens and decodes, a `profile` arranges cells, `table` numbers the rows, and
`rows` reads them into values: it takes rows from anything that numbers them and names their cells. `row_types` says
which event a row is, `check` asks the book's views (names, references, rows that may stand there already), and
`khata.writing` records.
"""
