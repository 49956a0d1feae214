"""The door: words typed become commands and questions, answers become words, tables, JSON and an exit code.

`registry` lists the commands without loading them, `main` builds the one that was typed, `env` holds what comes from
outside (clock, ids, files, streams), and the rest is one file a group of commands.
"""
