"""The questions that are put to the views: each is one file with its SQL. `state` is what the rules may ask."""
