"""What stands on the papers of a class: the values of the fields of `attendance.rules.paper_fields`."""
