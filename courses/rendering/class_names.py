"""How a class is called on papers, in Vietnamese whatever the screen speaks."""

from courses.constants.choices import CourseKind

KINDS = {CourseKind.TRAINING: "tập huấn", CourseKind.FURTHER: "bồi dưỡng"}


def class_named(title: str, kind: str) -> str:
    """ "Lớp tập huấn …", with a `kind` of `KINDS`: a title that says itself what the class is needs fewer words."""
    start = title.casefold()
    if start.startswith("lớp "):
        return title
    if start.startswith(kind):
        return f"Lớp {in_a_sentence(title)}"
    return f"Lớp {kind}: {title}"


def in_a_sentence(name: str) -> str:
    """ "lớp tập huấn …" """
    return f"{name[0].lower()}{name[1:]}"
