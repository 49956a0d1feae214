"""The door: options, exit codes, envelopes, questions, Tab."""
