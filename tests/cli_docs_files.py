"""What docs/CLI.md says of the files that `khata import` takes."""

FILES = """\
How a profile is written: [IMPORT.md](IMPORT.md). `passed_for` has the rows of `passed_over` by why, totals aside.

What a file is shows in how it begins, not in its ending: CSV and text, workbooks (`.xlsx`, `.xls`, `.ods`), a simple
page of HTML (what many banks call `.xls`), Tally's XML, and the open `.khata` bundle. Of the last two each voucher is a
row, its number its place; what customers owed before comes first. `data` then has `found`: `{"kind":"tally-xml",
"vouchers":12,"ledgers":15,"openings_on":"2026-03-31","passed":{"cancelled":{"count":1,"vouchers":["Sales 8"]}}}`.
Passed over is what moves nothing of a customer's: `cancelled`, `optional`, `draft`, `beside` (orders, stock),
`no_customer`, `taken_back`. What is no one row of khata's is a fault. Tally's file needs its masters beside the
vouchers (Export dependent masters: Yes): they say who is a customer.

"""
