"""Long Word files are drawn in a process of their own, and say the same as those that are not."""

import datetime as dt
import os
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from courses.constants.errors import Refusal
from courses.rendering.word_pdf import apart, pdf_of
from courses.rendering.word_pdf.drawing import drawn
from courses.tests.rendering.word_samples import as_bytes, letter, new

SAID = {"title": "Danh sách lớp", "author": "Cơ quan Thử", "timestamp": dt.datetime(2026, 3, 2, tzinfo=dt.UTC)}


@pytest.fixture
def _all_are_long(monkeypatch):
    monkeypatch.setattr(apart, "_LONG", 0)


def _list_of(people: int) -> bytes:
    document = new()
    for number in range(people):
        document.add_paragraph(f"{number}. Nguyễn Thị Ửng Thử")
    return as_bytes(document)


def test_only_what_is_long_needs_a_process_of_its_own():
    long = new()
    long.add_paragraph("ư" * apart._LONG)
    words = (_list_of(3), as_bytes(long), b"PK", b"")
    assert [apart.is_long(word) for word in words] == [False, True, False, False]


def test_cells_without_a_word_make_it_long_too(monkeypatch):
    """Forty thousand of them are one megabyte, and took 700 MB of the server and 14 seconds."""
    monkeypatch.setattr(apart, "_MANY_PARAGRAPHS", 100)
    table = new()
    table.add_table(30, 5)
    assert (apart.is_long(as_bytes(table)), apart.is_long(as_bytes(new()))) == (True, False)


@pytest.mark.usefixtures("_all_are_long")
def test_it_is_the_same_file_byte_for_byte():
    word = as_bytes(letter())
    assert pdf_of(word, **SAID) == drawn(word, **SAID)


@pytest.mark.usefixtures("_all_are_long")
def test_what_is_refused_there_is_refused_in_the_same_words_and_not_drawn_here(monkeypatch):
    document = new()
    document.add_paragraph("Nguyễn 𝄞 Mẫu")
    with pytest.raises(Refusal) as here:
        drawn(as_bytes(document), **SAID)
    monkeypatch.setattr(apart, "drawn", None)
    with pytest.raises(Refusal) as there:
        pdf_of(as_bytes(document), **SAID)
    assert there.value.sentence == here.value.sentence
    assert "Phông chữ" in here.value.sentence


def _in_place_of_python(monkeypatch, tmp_path, script: str) -> None:
    shell = tmp_path / "python"
    shell.write_text(f"#!/bin/sh\n{script}\n")
    shell.chmod(0o700)
    monkeypatch.setattr(apart.sys, "executable", str(shell))


@pytest.mark.skipif(sys.platform == "win32", reason="a shell's script stands for the process")
@pytest.mark.parametrize("ending", ["exit 1", "kill -9 $$"])
@pytest.mark.usefixtures("_all_are_long", "english")
def test_whatever_ends_the_process_it_is_not_drawn_here(monkeypatch, tmp_path, ending):
    """Typst panics where it gets no threads: an exception, with 1 as its end."""
    _in_place_of_python(monkeypatch, tmp_path, f"cat > /dev/null; {ending}")
    monkeypatch.setattr(apart, "drawn", None)
    with pytest.raises(Refusal, match="too long for one PDF"):
        pdf_of(_list_of(3), **SAID)


@pytest.mark.skipif(sys.platform == "win32", reason="a shell's script stands for the process")
@pytest.mark.usefixtures("_all_are_long")
def test_one_is_drawn_at_a_time(monkeypatch, tmp_path):
    """Of four threads; each would take up to two gigabytes."""
    busy = tmp_path / "busy"
    _in_place_of_python(
        monkeypatch, tmp_path, f'cat > /dev/null; mkdir "{busy}" || exit 1; sleep 0.05; rmdir "{busy}"; echo drawn'
    )
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(lambda _number: pdf_of(_list_of(3), **SAID), range(4))) == [b"drawn\n"] * 4


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limits")
@pytest.mark.usefixtures("_all_are_long", "english")
def test_what_takes_more_memory_than_there_is_ends_its_own_process_alone(monkeypatch, tmp_path):
    """Its parent's limit holds for it too, which stands here for its own."""
    _in_place_of_python(monkeypatch, tmp_path, f'ulimit -v 400000\nexec "{sys.executable}" "$@"')
    long = new()
    for _number in range(64):
        long.add_paragraph("Nguyễn Thị Ửng " * 1_000)
    with pytest.raises(Refusal, match="too long for one PDF"):
        pdf_of(as_bytes(long), **SAID)


@pytest.mark.usefixtures("_all_are_long", "english")
def test_what_takes_too_long_is_given_up(monkeypatch):
    monkeypatch.setattr(apart, "_SECONDS", 0.01)
    with pytest.raises(Refusal, match="too long for one PDF"):
        pdf_of(_list_of(3), **SAID)


_LOUD = """
import os
from courses.rendering.word_pdf import apart
draw = apart.drawn
def drawn(*words, **asked):
    os.write(1, b"printed")
    return draw(*words, **asked)
apart.drawn = drawn
apart.main()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="a shell's script stands for the process")
@pytest.mark.usefixtures("_all_are_long")
def test_it_knows_no_keys_and_what_is_printed_there_stays_out_of_the_paper(monkeypatch, tmp_path):
    said, loud = tmp_path / "said", tmp_path / "loud.py"
    loud.write_text(_LOUD)
    monkeypatch.setitem(os.environ, "SECRET_KEY", "khóa thử")
    run = f'env > "{said}"\nPYTHONPATH=. exec "{sys.executable}" "{loud}"'
    _in_place_of_python(monkeypatch, tmp_path, run)
    assert pdf_of(_list_of(3), **SAID) == drawn(_list_of(3), **SAID)
    assert "SECRET_KEY" not in said.read_text()
