"""Answers as text in a terminal or a pipe, one file a view; `table` is the layout that all of them go through."""
