"""The reason why a file as a whole cannot be read, as a code that survives the way out of the child process."""


class Unreadable(Exception):
    """`code` is one of `sentences.REFUSALS`; `params` fill its sentence."""

    def __init__(self, code: str, **params: str | int):
        super().__init__(code, params)
        self.code = code
        self.params = params
