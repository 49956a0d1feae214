-- What each entry of a year did to sales, receipts, returns, discounts, write-offs and openings, in whole paise: for
-- the figures of any month, day, customer and mode. Nothing of khata is in here; it reads two tables of text:
--   trade   the columns of trade.csv, one row a line in the file's order (so that rowid + 1 is the row's number)
--   later   the columns of later.csv
-- and a third, asked, with import_at: the instant at which all of trade.csv became known.
-- mode is how money moved; of a sale it says what was paid at once, and "khata" the rest.
WITH typed (at, sign, day, type, party, amount, mode, paid) AS (
    SELECT (SELECT min(import_at) FROM asked), 1, date, type, party, amount, mode, paid
      FROM trade
    UNION ALL
    SELECT at, 1, "on", type, party, amount, mode, paid
      FROM later WHERE "do" = 'record'
    UNION ALL
    SELECT later.at, -1, trade.date, trade.type, trade.party, trade.amount, trade.mode, trade.paid
      FROM later JOIN trade ON trade.rowid + 1 = CAST(later."row" AS INTEGER)
     WHERE "do" IN ('reverse', 'correct')
    UNION ALL
    SELECT later.at, 1,
           CASE later."on" WHEN '' THEN trade.date ELSE later."on" END,
           trade.type,
           CASE later.party WHEN '' THEN trade.party ELSE later.party END,
           CASE later.amount WHEN '' THEN trade.amount ELSE later.amount END,
           trade.mode,
           CASE later.paid WHEN '' THEN trade.paid ELSE later.paid END
      FROM later JOIN trade ON trade.rowid + 1 = CAST(later."row" AS INTEGER)
     WHERE "do" = 'correct'
),
cut (at, sign, day, type, party, mode, paid_mode, rupees, paid_rupees) AS (
    SELECT at, sign, day, type, party, mode,
           CASE WHEN instr(paid, ':') THEN substr(paid, instr(paid, ':') + 1) ELSE 'cash' END,
           amount || '.', substr(paid, 1, instr(paid || ':', ':') - 1) || '.'
      FROM typed
),
counted (at, sign, day, type, party, mode, paid_mode, paise, paid) AS (
    SELECT at, sign, day, type, party, mode, paid_mode,
           CAST(substr(rupees, 1, instr(rupees, '.') - 1) AS INTEGER) * 100
             + CAST(substr(replace(substr(rupees, instr(rupees, '.') + 1), '.', '') || '00', 1, 2) AS INTEGER),
           CAST(substr(paid_rupees, 1, instr(paid_rupees, '.') - 1) AS INTEGER) * 100
             + CAST(substr(replace(substr(paid_rupees, instr(paid_rupees, '.') + 1), '.', '') || '00', 1, 2) AS INTEGER)
      FROM cut
),
goods (at, day, type, party, mode, paise) AS (
    -- A sale by a mode is paid whole; one on khata in the part that was paid at once.
    SELECT at, day, type, party, mode, sign * paise
      FROM counted WHERE type IN ('sale', 'return') AND mode NOT IN ('', 'credit')
    UNION ALL
    SELECT at, day, type, party, 'khata', sign * (paise - paid)
      FROM counted WHERE type IN ('sale', 'return') AND mode IN ('', 'credit')
    UNION ALL
    SELECT at, day, type, party, paid_mode, sign * paid
      FROM counted WHERE type IN ('sale', 'return') AND mode IN ('', 'credit') AND paid > 0
)
SELECT 'sales' AS figure, at, day, party, mode, paise FROM goods WHERE type = 'sale'
UNION ALL
SELECT 'returns', at, day, party, mode, paise FROM goods WHERE type = 'return'
UNION ALL
SELECT 'receipts', at, day, party, mode, CASE type WHEN 'sale' THEN paise ELSE -paise END
  FROM goods WHERE mode <> 'khata'
UNION ALL
SELECT 'receipts', at, day, party, mode, CASE type WHEN 'receive' THEN sign * paise ELSE -sign * paise END
  FROM counted WHERE type IN ('receive', 'refund')
UNION ALL
SELECT 'discounts', at, day, party, 'khata', sign * paise FROM counted WHERE type = 'discount'
UNION ALL
SELECT 'write-offs', at, day, party, 'khata', sign * paise FROM counted WHERE type = 'write-off'
UNION ALL
SELECT 'openings', at, day, party, 'khata', CASE mode WHEN 'advance' THEN -sign * paise ELSE sign * paise END
  FROM counted WHERE type = 'opening';
