"""What the record may never lose: the ledger, issued papers (see `courses.guards` for how guards work)."""

from courses.guards import Guard, declare

declare(
    Guard("attendance_event", ("*",)),
    # The words typed about somebody may be erased, never rewritten.
    Guard("attendance_eventwords", ("*",), kept_when=""),
    Guard("attendance_sheetcopy", ("*",)),
    Guard(
        "attendance_certificate",
        (
            "registration_id",
            "book_id",
            "number",
            "code",
            "facts",
            "pdf_id",
            "template_version",
            "template_id",
            "blanks_id",
            "blank_number",
            "issue_date",
            "replaces_id",
            "replacing",
        ),
    ),
    Guard("attendance_papertemplate", ("*",)),
    Guard("attendance_wordtemplate", ("*",)),
    # A paper of a class is taken out, never deleted; what it says may be put right until then.
    Guard("attendance_classpaper", ("course_id", "made_at", "made_by_id")),
    Guard("attendance_spoiledblank", ("*",)),
    Guard("attendance_signedcopy", ("course_id", "file_id", "file_name", "signed_by", "added_at", "added_by_id")),
)
