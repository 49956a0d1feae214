"""What may be recorded: one file a topic, in the order commands, refusals, decide. Pure.

`decide.decide(command, facts)` gives the events to append, or the entry that an earlier try already made, or raises
a Refused. It reads facts and touches nothing. A command knows its own rule, so that a sale loads no rule but its own.
"""
