"""The programme as sheets: every section of the document is a sheet, every field a column, in Chinese or in English."""
