"""What an event does to the accounts: double entry, one pure function a topic.

`of_event.postings(event, earlier)` is the one fold of the book into money. Every list of postings sums to zero.
"""
