"""What an accountant looks for in a year's book: cash above the limit, dues near three years, gaps in the numbers."""
