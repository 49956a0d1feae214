"""A shop's year of statements with known answers, and how what khata makes of them is counted."""
