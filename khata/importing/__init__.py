"""Other people's files: read, checked row by row against the book, and recorded all or nothing.

`run.import_file` is the way in. `source` opens and decodes, a `profile` arranges cells, `rows` reads them into values,
`check` asks the book's views (names, references, rows that may stand there already), and the shell records. Whatever is
wrong is a fault with row, column and value: collected, never just the first.
"""
