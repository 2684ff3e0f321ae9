"""What the record may never lose: the ledger, issued papers (see `courses.guards` for how guards work)."""

from courses.guards import Guard, declare

declare(
    Guard("attendance_event", ("*",)),
    # The words typed about somebody may be erased, never rewritten.
    Guard("attendance_eventwords", ("*",), kept_when=""),
    Guard("attendance_sheetcopy", ("*",)),
    Guard(
        "attendance_certificate",
        ("registration_id", "book_id", "number", "code", "facts", "pdf_id", "template_version", "issue_date"),
    ),
)
