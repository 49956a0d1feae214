"""What every door shares: where a user's books are, a book opened with its views, and the party that a name means."""
