"""The child process of `limited`: a file on standard input, its reading as JSON on standard output.

The first line of the input is JSON, {"reader": module} and what its `answer_asked` is asked; what follows is the file.
The first line of the output is the answer without its rows, or the refusal; each row follows in a line of its own.

It knows no settings, no keys and no database; its memory and time end where `limited` said.
"""

import gc
import importlib
import json
import sys

from courses.constants.child_process import limit


def main(memory: str, seconds: str) -> None:
    limit(int(memory), int(seconds))
    gc.disable()  # nothing that is read refers to itself, and looking through it all again and again takes a third
    # What reads the file is loaded under the limits.
    from courses.readers.unreadable import Unreadable

    try:
        asked = json.loads(sys.stdin.buffer.readline())
        reader = importlib.import_module(asked.pop("reader"))
        answer = reader.answer_asked(sys.stdin.buffer.read(), asked)
    except Unreadable as refused:
        answer = {"refused": [refused.code, refused.params], "titles": refused.titles}
    except (MemoryError, RecursionError):
        answer = {"refused": ["too_long", {}]}
    rows = answer.pop("rows", [])
    sys.stdout.write(json.dumps(answer) + "\n")
    for row in rows:  # one by one: a hundred thousand at once would be held a second time
        sys.stdout.write(json.dumps(row) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
