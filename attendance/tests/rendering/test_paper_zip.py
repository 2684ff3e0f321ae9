"""The ZIP of many papers: names that say number and person, made piece by piece."""

import io
import zipfile

from attendance.rendering.paper_zip import paper_name, zip_papers


def test_a_name_says_number_and_person_and_leads_into_no_folder():
    assert paper_name("015/2022/GCN", "Ngô Thử An") == "015-2022-GCN Ngô Thử An.pdf"
    assert not set('/\\:"<>|?*') & set(paper_name("../../1", 'a\\b:"c"<x>|?*'))
    assert len(paper_name("1", "Ngô " * 100)) <= 124


def test_the_zip_holds_each_paper_once_under_a_name_of_its_own():
    papers = [("1 An.pdf", b"one"), ("1 an.pdf", b"two"), ("1 An.pdf", b"three"), ("2 Ếch.pdf", b"four")]
    packed = zipfile.ZipFile(io.BytesIO(b"".join(zip_papers(papers))))
    assert packed.testzip() is None
    found = {name: packed.read(name) for name in packed.namelist()}
    assert found == {"1 An.pdf": b"one", "1 an (2).pdf": b"two", "1 An (3).pdf": b"three", "2 Ếch.pdf": b"four"}


def test_a_paper_is_read_only_when_its_turn_comes_and_the_same_papers_give_the_same_bytes():
    asked = []

    def papers():
        for number in range(3):
            asked.append(number)
            yield f"{number}.pdf", b"x" * 1000

    pieces = zip_papers(papers())
    assert len(next(pieces)) > 1000
    assert asked == [0]
    assert b"".join(zip_papers(papers())) == b"".join(zip_papers(papers()))
