# ruff: noqa: E501
"""OpenDocument files for tests."""

import datetime as dt
import io
import zipfile
from xml.sax.saxutils import escape, quoteattr


def ods(lines: list[list], merges: list[tuple[int, int, int, int]] = (), name: str = "DS") -> bytes:
    """An OpenDocument file with one sheet, as little as there must be in it."""
    spans = {(top, left): (bottom - top + 1, right - left + 1) for top, left, bottom, right in merges}
    rows = []
    for r, line in enumerate(lines):
        cells = []
        for c, value in enumerate(line):
            down, right = spans.get((r, c), (1, 1))
            span = (
                f' table:number-rows-spanned="{down}" table:number-columns-spanned="{right}"'
                if (down, right) != (1, 1)
                else ""
            )
            if value is None:
                cells.append(f"<table:table-cell{span}/>")
            elif isinstance(value, str):
                cells.append(
                    f'<table:table-cell{span} office:value-type="string"><text:p>{escape(value)}</text:p></table:table-cell>'
                )
            elif isinstance(value, dt.date):
                cells.append(
                    f'<table:table-cell{span} office:value-type="date" office:date-value="{value.isoformat()}"><text:p>{value:%d/%m/%Y}</text:p></table:table-cell>'
                )
            else:
                cells.append(
                    f'<table:table-cell{span} office:value-type="float" office:value="{value}"><text:p>{value}</text:p></table:table-cell>'
                )
        rows.append(f"<table:table-row>{''.join(cells) or '<table:table-cell/>'}</table:table-row>")
    content = (
        '<?xml version="1.0" encoding="UTF-8"?><office:document-content'
        ' xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
        ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
        ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.2"><office:body><office:spreadsheet>'
        f"<table:table table:name={quoteattr(name)}>{''.join(rows)}</table:table>"
        "</office:spreadsheet></office:body></office:document-content>"
    )
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
    return stream.getvalue()
