from attendance.admin import (
    class_file,
    corrections,
    looks,
    marking,
    people,
    register,
    requests,
    results,
    roots,
    word_templates,
    year_plan,
)

__all__ = [
    "class_file",
    "corrections",
    "looks",
    "marking",
    "people",
    "register",
    "requests",
    "results",
    "roots",
    "word_templates",
    "year_plan",
]
