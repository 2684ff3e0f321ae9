"""Charts say their numbers in words, escape what they are given, and need no colour and no style."""

import lxml.etree
import pytest

from courses.rendering.charts import PATTERNS, Bar, bars, line

SVG = "{http://www.w3.org/2000/svg}"
LONG = "Trung tâm Bồi dưỡng chính trị và Ủy ban Mặt trận Tổ quốc Việt Nam thành phố Vị Thanh"


def drawn(charts):
    [chart] = charts
    return lxml.etree.fromstring(str(chart).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))


def texts(charts):
    return [item.text for item in drawn(charts).iter(f"{SVG}text")]


def test_a_bar_is_as_long_as_its_number_and_says_it():
    chart = bars("so", "Chỉ tiêu", ["Đã duyệt", "Còn thiếu"], [Bar("A", (3, 1), "3/4"), Bar("B", (2, 0), "2/2")])
    widths = [float(item.get("width")) for item in drawn(chart).iter(f"{SVG}rect") if item.get("class") == "part"]
    legend, (first, second, third) = widths[:2], widths[2:]
    assert legend == [14, 14]
    assert (round(first / second), round(first / third, 1)) == (3, 1.5)
    assert texts(chart) == ["Đã duyệt", "Còn thiếu", "A", "3/4", "B", "2/2"]


def test_each_part_has_a_pattern_of_its_own():
    chart = bars("so", "Thử", list("abcde"), [Bar("A", (1, 1, 1, 1, 1), "5")])
    patterns = {item.get("id"): item[1].get("d") for item in drawn(chart).iter(f"{SVG}pattern")}
    assert list(patterns.values()) == list(PATTERNS)
    fills = {item.get("fill") for item in drawn(chart).iter(f"{SVG}rect") if item.get("class") == "part"}
    assert fills == {f"url(#{name})" for name in patterns}


def test_long_names_are_broken_and_fit():
    lines = texts(bars("so", "Thử", ["Người"], [Bar(LONG, (1,), "1")]))
    assert " ".join(lines[:-1]) == LONG
    assert max(map(len, lines)) <= 46


@pytest.mark.parametrize("chart", [
    bars("so", "<b>&", ["<i>", "x"], [Bar("<script>", (1, 2), "<1>")]),
    line("so", "<b>&", [("<script>", 1), ("y", 2)], top=2),
])  # fmt: skip
def test_texts_are_escaped_and_nothing_needs_a_style(chart):
    assert [text for text in ("<script", "<b>", "<i>", "style") if text in chart[0]] == []
    assert drawn(chart).get("role") == "img"
    assert drawn(chart).find(f"{SVG}title").text == "<b>&"
    assert drawn(chart).get("aria-labelledby") == drawn(chart).find(f"{SVG}title").get("id")


def test_nothing_is_drawn_of_nothing():
    assert bars("so", "Thử", ["a"], []) == bars("so", "Thử", ["a"], [Bar("A", (0,), "0")]) == []
    assert line("so", "Thử", [("a", 1)], top=1) == line("so", "Thử", [("a", 0), ("b", 0)], top=0) == []


def test_a_line_goes_from_the_foot_to_the_top_and_leaves_out_what_would_not_fit():
    chart = drawn(line("so", "Thử", [("S 01/06", 0), ("C 01/06", 10)], top=10))
    (_left, low), (_right, high) = [
        map(float, at.split(",")) for at in chart.find(f"{SVG}polyline").get("points").split()
    ]
    assert (low, high) == (134, 24)
    many = texts(line("so", "Thử", [(f"S {n:02d}/06", 1) for n in range(1, 25)], top=1))
    assert many[:4] == ["1", "S 01/06", "1", "S 05/06"]


def test_many_bars_are_drawn_in_several_pictures_to_one_scale():
    charts = bars("so", "Thử", ["Người"], [Bar(f"Đơn vị {n}", (n,), str(n)) for n in range(1, 26)])
    assert len(charts) == 3
    widths = [
        float(item.get("width"))
        for chart in charts
        for item in drawn([chart]).iter(f"{SVG}rect")
        if item.get("class") == "part"
    ]
    assert widths == sorted(widths)
    assert round(widths[24] / widths[0]) == 25
    names = [item.get("id") for chart in charts for item in drawn([chart]).iter() if item.get("id")]
    assert len(names) == len(set(names))
