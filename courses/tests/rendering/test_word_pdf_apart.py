"""Long Word files are drawn in a process of their own, and say the same as those that are not."""

import datetime as dt
import os
import sys

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


@pytest.mark.usefixtures("_all_are_long")
def test_it_is_the_same_file_byte_for_byte():
    word = as_bytes(letter())
    assert pdf_of(word, **SAID) == drawn(word, **SAID)


@pytest.mark.usefixtures("_all_are_long", "english")
def test_what_is_refused_here_is_refused_in_the_same_words():
    document = new()
    document.add_paragraph("Nguyễn 𝄞 Mẫu")
    with pytest.raises(Refusal, match="has no letter"):
        pdf_of(as_bytes(document), **SAID)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limits")
@pytest.mark.usefixtures("_all_are_long", "english")
def test_what_takes_more_memory_than_there_is_ends_its_own_process_alone(monkeypatch, tmp_path):
    """Its parent's limit holds for it too, which stands here for its own."""
    shell = tmp_path / "little"
    shell.write_text(f'#!/bin/sh\nulimit -v 400000\nexec "{sys.executable}" "$@"\n')
    shell.chmod(0o700)
    monkeypatch.setattr(apart.sys, "executable", str(shell))
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


@pytest.mark.usefixtures("_all_are_long")
def test_it_knows_no_keys(monkeypatch, tmp_path):
    said = tmp_path / "said"
    shell = tmp_path / "spy"
    shell.write_text(f'#!/bin/sh\nenv > "{said}"\nexec "{sys.executable}" "$@"\n')
    shell.chmod(0o700)
    monkeypatch.setitem(os.environ, "SECRET_KEY", "khóa thử")
    monkeypatch.setattr(apart.sys, "executable", str(shell))
    pdf_of(_list_of(3), **SAID)
    assert "SECRET_KEY" not in said.read_text()
