from courses.admin import (
    column_meanings,
    courses,
    log,
    offices,
    people,
    plan,
    registrations,
    rosters,
    tasks,
    telling,
    trainees,
    transfers,
)

__all__ = [
    "column_meanings",
    "courses",
    "log",
    "offices",
    "people",
    "plan",
    "registrations",
    "rosters",
    "tasks",
    "telling",
    "trainees",
    "transfers",
]
