"""khata: a shop's ledger that is only ever added to, and that anybody can check.

One sale walks through the folders in this order:

    cli       words typed -> a command          grammar, names: what people type
    shell     lock, decide, append, commit      rules: decide(command, facts) -> events, or a refusal
    events    an event <-> its canonical bytes  log: bytes + the hash before -> an entry of the chain
    store     an entry -> a row in the book     views: the cache catches up and answers questions
    postings  what an event does to accounts    render, i18n: answers -> words, tables, JSON
"""

__version__ = "0.1.0"
