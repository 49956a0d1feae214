"""What a new thing costs: it is declared in one place, and everything knows it."""
