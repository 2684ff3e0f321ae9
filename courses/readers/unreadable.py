"""The reason why a file as a whole cannot be read, as a code that survives the way out of the child process."""

from typing import TypedDict


class Title(TypedDict):
    """A column title that was not understood, and up to three cells below it."""

    title: str
    samples: list[str]


class Unreadable(Exception):
    """`code` is one of `sentences.REFUSALS`; `params` fill its sentence; `titles` are those not understood."""

    def __init__(self, code: str, *, titles: list[Title] | None = None, **params: str | int):
        super().__init__(code, params)
        self.code = code
        self.params = params
        self.titles = titles or []
