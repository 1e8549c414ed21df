"""Workbooks made by hand for the tests of bad input: whole packages, without the library that writes ours."""

import io
import zipfile

HEAD = b'<?xml version="1.0" encoding="UTF-8"?>\n'
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
DOCS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def workbook(
    rows: str, *, name: str = "场次", after: str = "", more: dict[str, bytes] | None = None, prolog: bytes = b""
) -> bytes:
    """Return an .xlsx whose one sheet holds these `<row>`s, and further parts."""
    sheet = f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData>{after}</worksheet>'
    own = f'<sheets><sheet name="{name}" sheetId="1" r:id="rId1"/></sheets>'
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="xml" '
        'ContentType="application/xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{DOCS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{DOCS}">{own}</workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{DOCS}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": sheet,
    }
    store = io.BytesIO()
    with zipfile.ZipFile(store, "w", zipfile.ZIP_DEFLATED) as package:
        for path, text in parts.items():
            package.writestr(path, HEAD + (prolog if path.startswith("xl/worksheets") else b"") + text.encode())
        for path, content in (more or {}).items():
            package.writestr(path, content)
    return store.getvalue()


def row(number: int, *cells: str) -> str:
    """Return a row of inline texts; a cell that begins with `<` is taken as it is."""
    told = "".join(
        cell if cell.startswith("<") else f'<c r="{chr(65 + n)}{number}" t="inlineStr"><is><t>{cell}</t></is></c>'
        for n, cell in enumerate(cells)
    )
    return f'<row r="{number}">{told}</row>'
