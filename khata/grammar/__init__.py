"""What people type at the counter and in their files, read into values: amounts, days, names, numbers.

Every reader here takes text and gives a value, or raises `fault.Unreadable` with a code and facts; sentences are
made elsewhere. Nothing here knows the clock, the disk or a language's catalog: today is always handed in.
What is accepted is the same at the command line, in the shell and in an imported file.
"""
