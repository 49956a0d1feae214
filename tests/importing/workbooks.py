"""Workbooks made by hand: what a spreadsheet writes, as little of it as a reader wants."""

from __future__ import annotations

import io
from collections.abc import Container, Iterator, Mapping, Sequence
from datetime import date
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

TYPES = """<?xml version="1.0" encoding="UTF-8"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/>
<Override PartName="/xl/workbook.xml"
 ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>
{sheets}<Override PartName="/xl/styles.xml"
 ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/>
</Types>"""
RELS = """<?xml version="1.0" encoding="UTF-8"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="rId1" Target="{target}"
 Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}"/>{more}
</Relationships>"""
SHEET_TYPE = """<Override PartName="/xl/worksheets/sheet{nth}.xml"
 ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>
"""
SHEET_REL = (
    '<Relationship Id="sheet{nth}" Target="worksheets/sheet{nth}.xml"'
    ' Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"/>'
)
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
BOOK = """<?xml version="1.0" encoding="UTF-8"?>
<workbook {main} xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">
<sheets>{sheets}</sheets></workbook>"""
SHEET = '<sheet name="{name}" sheetId="{nth}"{state} r:id="sheet{nth}"/>'
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
    return workbook_of({"Sheet1": rows})


def workbook_of(sheets: Mapping[str, Sequence[Row] | str], hidden: Container[str] = ()) -> bytes:
    """The bytes of an .xlsx with these sheets: of each its rows, or the XML of these as it is."""
    nths = dict(enumerate(sheets, start=1))
    made = io.BytesIO()
    with ZipFile(made, "w", ZIP_DEFLATED) as packed:
        types = "".join(SHEET_TYPE.format(nth=nth) for nth in nths)
        packed.writestr("[Content_Types].xml", TYPES.format(sheets=types))
        packed.writestr("_rels/.rels", RELS.format(target="xl/workbook.xml", kind="officeDocument", more=""))
        named = "".join(
            SHEET.format(nth=nth, name=escape(name), state=' state="hidden"' if name in hidden else "")
            for nth, name in nths.items()
        )
        packed.writestr("xl/workbook.xml", BOOK.format(main=MAIN, sheets=named))
        more = "".join(SHEET_REL.format(nth=nth) for nth in nths)
        packed.writestr("xl/_rels/workbook.xml.rels", RELS.format(target="styles.xml", kind="styles", more=more))
        packed.writestr("xl/styles.xml", STYLES)
        for nth, rows in enumerate(sheets.values(), start=1):
            lines = rows if isinstance(rows, str) else "".join(_lines(rows))
            packed.writestr(
                f"xl/worksheets/sheet{nth}.xml",
                f'<?xml version="1.0"?><worksheet {MAIN}><sheetData>{lines}</sheetData></worksheet>',
            )
    return made.getvalue()


ODS = """<?xml version="1.0"?><office:document-content
 xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0">
<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"""


def ods(sheets: Mapping[str, str]) -> bytes:
    """The bytes of an .ods with these sheets: of each the XML of its rows."""
    made = io.BytesIO()
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    tables = "".join(f'<table:table table:name="{escape(name)}">{rows}</table:table>' for name, rows in sheets.items())
    with ZipFile(made, "w", ZIP_DEFLATED) as packed:
        packed.writestr("mimetype", kind)
        packed.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
            f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/></manifest:manifest>',
        )
        packed.writestr("content.xml", ODS.format(tables=tables))
    return made.getvalue()


def ods_row(*cells: str, repeated: int = 1) -> str:
    """A row of an .ods: of each cell its text, or its XML as it is."""
    each = "".join(
        cell
        if cell.startswith("<")
        else f'<table:table-cell office:value-type="string"><text:p>{escape(cell)}</text:p></table:table-cell>'
        for cell in cells
    )
    return f'<table:table-row table:number-rows-repeated="{repeated}">{each}</table:table-row>'


def _lines(rows: Sequence[Row]) -> Iterator[str]:
    for at, row in enumerate(rows, start=1):
        cells = "".join(cell(f"{chr(65 + column)}{at}", each) for column, each in enumerate(row))
        yield f'<row r="{at}">{cells}</row>'
