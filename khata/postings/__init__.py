"""What an event does to the accounts: double entry, pure."""
