"""The kinds of files that come in and go out, by their names on the wire and at the end of a file's name."""

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"

_ENDINGS = {PDF: "pdf", DOCX: "docx", XLSX: "xlsx", PPTX: "pptx", "image/jpeg": "jpg", "image/png": "png"}


def ending_of(media_type: str) -> str:
    """With its dot: ".pdf"; "" for a type that is none of ours."""
    return f".{_ENDINGS[media_type]}" if media_type in _ENDINGS else ""
