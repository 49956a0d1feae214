-- What every party owes on the days asked, as known at the instants asked, in whole paise: positive when the
-- party owes the shop. Nothing of khata is in here; it reads three tables of text:
--   trade   the columns of trade.csv, one row a line in the file's order (so that rowid + 1 is the row's number)
--   later   the columns of later.csv
--   asked   as_on, known, known_at; and import_at, the instant at which all of trade.csv became known
WITH typed (at, sign, day, type, party, amount, mode, paid) AS (
    SELECT (SELECT min(import_at) FROM asked), 1, date, type, party, amount, mode, paid
      FROM trade
    UNION ALL
    SELECT at, 1, "on", type, party, amount, mode, paid
      FROM later WHERE "do" = 'record'
    UNION ALL
    -- A row that is reversed, or corrected, is undone on its own day.
    SELECT later.at, -1, trade.date, trade.type, trade.party, trade.amount, trade.mode, trade.paid
      FROM later JOIN trade ON trade.rowid + 1 = CAST(later."row" AS INTEGER)
     WHERE "do" IN ('reverse', 'correct')
    UNION ALL
    -- In its place stands the same row with what the correction states.
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
cut (at, sign, day, type, party, mode, rupees, paid_rupees) AS (
    SELECT at, sign, day, type, party, mode, amount || '.', substr(paid, 1, instr(paid || ':', ':') - 1) || '.'
      FROM typed
),
counted (at, sign, day, type, party, mode, amount_paise, paid_paise) AS (
    SELECT at, sign, day, type, party, mode,
           CAST(substr(rupees, 1, instr(rupees, '.') - 1) AS INTEGER) * 100
             + CAST(substr(replace(substr(rupees, instr(rupees, '.') + 1), '.', '') || '00', 1, 2) AS INTEGER),
           CAST(substr(paid_rupees, 1, instr(paid_rupees, '.') - 1) AS INTEGER) * 100
             + CAST(substr(replace(substr(paid_rupees, instr(paid_rupees, '.') + 1), '.', '') || '00', 1, 2) AS INTEGER)
      FROM cut
),
owed (at, day, party, paise) AS (
    SELECT at, day, party, sign * CASE
             WHEN type = 'opening' AND mode = 'advance' THEN -amount_paise
             WHEN type IN ('opening', 'refund') THEN amount_paise
             WHEN type = 'sale' AND mode IN ('', 'credit') THEN amount_paise - paid_paise
             WHEN type = 'sale' THEN 0
             WHEN type = 'return' AND mode IN ('', 'credit') THEN paid_paise - amount_paise
             WHEN type = 'return' THEN 0
             WHEN type IN ('receive', 'discount', 'write-off') THEN -amount_paise
           END
      FROM counted WHERE party <> 'counter'
)
SELECT asked.as_on, asked.known, named.party, coalesce(sum(owed.paise), 0) AS balance_paise
  FROM asked
 CROSS JOIN (SELECT DISTINCT party FROM owed) AS named
  LEFT JOIN owed ON owed.party = named.party AND owed.day <= asked.as_on AND owed.at <= asked.known_at
 GROUP BY asked.as_on, asked.known, named.party
 ORDER BY asked.as_on, asked.known, named.party;
