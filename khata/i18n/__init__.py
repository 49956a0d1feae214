"""Values into what a person reads: paise, days and message keys into ₹1,23,456.50, 22 Nov 2026 and sentences.

Nothing here knows a shop, a book or a terminal. Babel is loaded only where no table of our own serves.
"""
