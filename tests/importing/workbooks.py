"""Workbooks made by hand: what a spreadsheet writes, as little of it as a reader wants."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

TYPES = """<?xml version="1.0" encoding="UTF-8"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/>
<Override PartName="/xl/workbook.xml"
 ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>
<Override PartName="/xl/worksheets/sheet1.xml"
 ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>
<Override PartName="/xl/styles.xml"
 ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/>
</Types>"""
RELS = """<?xml version="1.0" encoding="UTF-8"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="rId1" Target="{target}"
 Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}"/>{more}
</Relationships>"""
STYLES_REL = (
    '<Relationship Id="rId2" Target="styles.xml"'
    ' Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles"/>'
)
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
BOOK = f"""<?xml version="1.0" encoding="UTF-8"?>
<workbook {MAIN} xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">
<sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>"""
STYLES = f"""<?xml version="1.0" encoding="UTF-8"?>
<styleSheet {MAIN}><fonts count="1"><font/></fonts><fills count="1"><fill/></fills>
<borders count="1"><border/></borders>
<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="2"><xf/><xf numFmtId="14" applyNumberFormat="1"/></cellXfs>
</styleSheet>"""

Row = Sequence["str | float | date | None"]


def cell(place: str, value: str | float | date | None) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'
    if isinstance(value, date):
        return f'<c r="{place}" s="1"><v>{(value - date(1899, 12, 30)).days}</v></c>'
    return f'<c r="{place}"><v>{value!r}</v></c>'


def workbook(rows: Sequence[Row]) -> bytes:
    """The bytes of an .xlsx with one sheet: texts, numbers, and days as a spreadsheet keeps them."""
    lines = [
        f'<row r="{at}">' + "".join(cell(f"{chr(65 + column)}{at}", each) for column, each in enumerate(row)) + "</row>"
        for at, row in enumerate(rows, start=1)
    ]
    sheet = f'<?xml version="1.0"?><worksheet {MAIN}><sheetData>{"".join(lines)}</sheetData></worksheet>'
    made = io.BytesIO()
    with ZipFile(made, "w", ZIP_DEFLATED) as packed:
        packed.writestr("[Content_Types].xml", TYPES)
        packed.writestr("_rels/.rels", RELS.format(target="xl/workbook.xml", kind="officeDocument", more=""))
        packed.writestr("xl/workbook.xml", BOOK)
        more = STYLES_REL
        packed.writestr(
            "xl/_rels/workbook.xml.rels", RELS.format(target="worksheets/sheet1.xml", kind="worksheet", more=more)
        )
        packed.writestr("xl/styles.xml", STYLES)
        packed.writestr("xl/worksheets/sheet1.xml", sheet)
    return made.getvalue()
