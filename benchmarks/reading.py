"""Reading a roster of 100,000 rows and 10 columns, both passes, beside python-calamine handing over the cells alone.

Timed is what the child process that reads a file does between its start and its answer. Both sides are one thread that
only computes, so the processor's time is taken: it is what a clock shows on a machine that does nothing else.
"""

import datetime as dt
import gc
import io
import json
import re
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from statistics import median

import openpyxl
import python_calamine

from benchmarks import Result, alternately
from benchmarks._people import HEADER, as_cells, people
from courses.readers.rosters import read_answer

ROWS = 100_000
ROUNDS = 3
TIMES, MICROSECONDS_A_ROW, MOST_MEMORY = 2.5, 20, 400
DAY = dt.date(2022, 6, 15)
OFFICES = ["Phường I", "Phường III", "Phòng Nội vụ", "Xã Vị Tân", "Trung tâm Chính trị"]
#: The child process of the reader itself, which says its highest memory in MB at the end.
_READER = """
import re
from pathlib import Path
from courses.readers.child import main
main(str(1 << 40), "100")
# Not what the system says of the process's life: that begins as a copy of its parent.
print(int(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1]) / 1024)
"""


def run() -> Iterator[Result]:
    data = workbook(ROWS)

    def ours() -> float:
        return _processor_time(lambda: read_answer(data, DAY))

    def cells_alone() -> float:
        return _processor_time(lambda: cells_of(data))

    pairs = alternately(ours, cells_alone, ROUNDS)
    mine, theirs = (median(side) for side in zip(*pairs, strict=True))
    # 20 µs a row are a part of the goal, counted in times of the other.
    goal = median(TIMES + MICROSECONDS_A_ROW / 1e6 * ROWS / other for _mine, other in pairs)
    yield Result(
        f"reading {ROWS:,} rows of 10 columns", mine, theirs, "s", median(a / b for a, b in pairs), goal, "at most"
    )
    said = {"reader": read_answer.__module__, "on": DAY.isoformat(), "meanings": {}}
    asked = json.dumps(said).encode() + b"\n"
    ended = subprocess.run([sys.executable, "-c", _READER], input=asked + data, capture_output=True, check=True)  # noqa: S603
    *answer, megabytes = ended.stdout.splitlines()
    if len(answer) != ROWS + 1:
        raise RuntimeError(f"{len(answer) - 1} rows were read")
    megabytes = float(megabytes)
    yield Result(
        f"peak memory of reading {ROWS:,} rows", megabytes, MOST_MEMORY, "MB", megabytes / MOST_MEMORY, 1, "at most"
    )


def _processor_time(act: Callable[[], object]) -> float:
    """Without looking for circles of references, as in the child process."""
    gc.collect()
    gc.disable()
    started = time.process_time()
    try:
        act()
        return time.process_time() - started
    finally:
        gc.enable()


def cells_of(data: bytes) -> list[list]:
    return python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()


def workbook(rows: int) -> bytes:
    """A list as Excel keeps it: shared strings, real dates, column titles below three lines of titles."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Danh sách")
    for line in (["UBND THÀNH PHỐ VỊ THANH"], ["DANH SÁCH CỬ CÁN BỘ THAM DỰ LỚP TẬP HUẤN"], [], HEADER):
        sheet.append(line)
    for number, person in enumerate(people(rows, OFFICES), 1):
        sheet.append(as_cells(number, person))
    stream = io.BytesIO()
    book.save(stream)
    return _with_shared_strings(stream.getvalue())


def _with_shared_strings(data: bytes) -> bytes:
    """openpyxl writes each text into its cell; Excel writes it once, and its number into the cells."""
    numbers: dict[bytes, int] = {}

    def shared(found: re.Match[bytes]) -> bytes:
        return b't="s"><v>%d</v>' % numbers.setdefault(found[1], len(numbers))

    old, stream = zipfile.ZipFile(io.BytesIO(data)), io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = old.read(name)
            if name.startswith("xl/worksheets/"):
                part = re.sub(rb't="inlineStr"><is><t[^>]*>([^<]*)</t></is>', shared, part)
            new.writestr(name, part)
        texts = b"".join(b"<si><t>%s</t></si>" % text for text in numbers)
        space = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
        new.writestr("xl/sharedStrings.xml", b'<?xml version="1.0"?><sst xmlns="%s">%s</sst>' % (space, texts))
    return stream.getvalue()
