"""Numbers of rows as they come in addresses and forms."""


def row_id(text: str) -> int | None:
    """The id that the text is; None for what no row can have (letters, other scripts' digits, more than a column
    holds)."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
