from decimal import Decimal

import pytest
from django.utils import translation

from attendance.constants import Measure
from attendance.rules.eligibility import Rule
from attendance.tests.rules.half_days import (
    BLOCKS,
    ESSAY,
    FULL,
    HALF,
    LAST_CLOSED,
    NONE,
    ONE_CANCELLED,
    ONE_OPTIONAL,
    OPENING,
    SHORT_LAST,
    TEST,
    verdict,
)

CASES = [
    # All half-days, the default.
    ("PPPPPP", {}, {}, "Đủ điều kiện: đã dự 6/6 buổi bắt buộc."),
    ("PLPPEP", {}, {}, "Đủ điều kiện: đã dự 6/6 buổi bắt buộc."),
    ("------", {}, {}, "Chưa đủ điều kiện: còn 6 buổi chưa học, sẽ đủ nếu dự đủ các buổi còn lại."),
    ("PPPP--", {}, {}, "Chưa đủ điều kiện: còn 2 buổi chưa học, sẽ đủ nếu dự đủ các buổi còn lại."),
    ("PPPPP-", {}, {}, "Chưa đủ điều kiện: còn 1 buổi chưa học, sẽ đủ nếu có mặt buổi cuối."),
    (
        "PPAPPP",
        {},
        {},
        "Chưa đủ điều kiện: vắng không phép buổi sáng 15/06/2022; cần dự 6/6 buổi, mới được 5.",
    ),
    (
        "PPAAPP",
        {},
        {},
        "Chưa đủ điều kiện: vắng không phép buổi sáng 15/06/2022 và buổi chiều 15/06/2022; "
        "cần dự 6/6 buổi, mới được 4.",
    ),
    (
        "AAAAAA",
        {},
        {},
        "Chưa đủ điều kiện: vắng không phép buổi sáng 14/06/2022, buổi chiều 14/06/2022, buổi sáng 15/06/2022, "
        "buổi chiều 15/06/2022, buổi sáng 16/06/2022 và buổi chiều 16/06/2022; cần dự 6/6 buổi, mới được 0.",
    ),
    (
        "PPXPPP",
        {},
        {},
        "Chưa đủ điều kiện: vắng có phép buổi sáng 15/06/2022; cần dự 6/6 buổi, mới được 5.",
    ),
    (
        "APXPPP",
        {},
        {},
        "Chưa đủ điều kiện: vắng không phép buổi sáng 14/06/2022; vắng có phép buổi sáng 15/06/2022; "
        "cần dự 6/6 buổi, mới được 4.",
    ),
    (
        "PPA---",
        {},
        {},
        "Không còn khả năng đủ điều kiện: vắng không phép buổi sáng 15/06/2022; "
        "cần dự 6/6 buổi, nhiều nhất chỉ được 5.",
    ),
    (
        "PPPPP-",
        {},
        {"over": 6},
        "Chưa đủ điều kiện: chưa điểm danh buổi chiều 16/06/2022, sẽ đủ nếu được ghi nhận có mặt.",
    ),
    (
        "PP-P--",
        {},
        {},
        "Chưa đủ điều kiện: còn 2 buổi chưa học, chưa điểm danh buổi sáng 15/06/2022, "
        "sẽ đủ nếu được ghi nhận có mặt và dự đủ các buổi còn lại.",
    ),
    (
        "PPPPP-",
        {},
        {"over": 6, "sessions": LAST_CLOSED},
        "Chưa đủ điều kiện: vắng không phép buổi chiều 16/06/2022; cần dự 6/6 buổi, mới được 5.",
    ),
    (
        "PPDPPP",
        {},
        {},
        "Đủ điều kiện: đã dự 6/6 buổi bắt buộc; "
        "buổi sáng 15/06/2022 chưa thống nhất, tạm tính là có mặt, chờ kết luận.",
    ),
    (
        "PPDP--",
        {},
        {},
        "Chưa đủ điều kiện: buổi sáng 15/06/2022 chưa thống nhất, tạm tính là có mặt, chờ kết luận; "
        "còn 2 buổi chưa học, sẽ đủ nếu dự đủ các buổi còn lại.",
    ),
    # A share of them, rounded up: 80 % of six is five.
    ("PPAPPP", {"share": 80}, {}, "Đủ điều kiện: đã dự 5/6 buổi bắt buộc (cần 5)."),
    ("PPPPP-", {"share": 80}, {}, "Đủ điều kiện: đã dự 5/6 buổi bắt buộc (cần 5)."),
    (
        "PPAAPP",
        {"share": 80},
        {},
        "Chưa đủ điều kiện: vắng không phép buổi sáng 15/06/2022 và buổi chiều 15/06/2022; "
        "cần dự 5/6 buổi, mới được 4.",
    ),
    (
        "PPA---",
        {"share": 80},
        {},
        "Chưa đủ điều kiện: vắng không phép buổi sáng 15/06/2022; cần dự 5/6 buổi, mới được 2; "
        "còn 3 buổi chưa học, sẽ đủ nếu dự đủ các buổi còn lại.",
    ),
    (
        "PPP-P-",
        {"share": 80},
        {},
        "Chưa đủ điều kiện: còn 1 buổi chưa học, chưa điểm danh buổi chiều 15/06/2022, sẽ đủ nếu có mặt buổi cuối.",
    ),
    (
        "PPPP--",
        {"share": 80, "must_attend": frozenset({6})},
        {"over": 5},
        "Chưa đủ điều kiện: còn 1 buổi chưa học, chưa điểm danh buổi sáng 16/06/2022, sẽ đủ nếu có mặt buổi cuối.",
    ),
    # Half-days that nobody may miss.
    (
        "APPPPP",
        {"share": 80, "must_attend": frozenset({1})},
        {},
        "Chưa đủ điều kiện: vắng không phép buổi sáng 14/06/2022; buổi sáng 14/06/2022 là buổi không được vắng.",
    ),
    (
        "AP----",
        {"share": 80, "must_attend": frozenset({1})},
        {},
        "Không còn khả năng đủ điều kiện: vắng không phép buổi sáng 14/06/2022; "
        "buổi sáng 14/06/2022 là buổi không được vắng.",
    ),
    (
        "PPPPP-",
        {"share": 80, "must_attend": frozenset({6})},
        {},
        "Chưa đủ điều kiện: buổi chiều 16/06/2022 là buổi không được vắng; "
        "còn 1 buổi chưa học, sẽ đủ nếu có mặt buổi cuối.",
    ),
    ("LPPPPA", {"share": 80, "must_attend": frozenset({1})}, {}, "Đủ điều kiện: đã dự 5/6 buổi bắt buộc (cần 5)."),
    (
        "XPPPPP",
        {"excused_counts": FULL, "must_attend": frozenset({1})},
        {},
        "Chưa đủ điều kiện: vắng có phép buổi sáng 14/06/2022 (tính đủ); buổi sáng 14/06/2022 là buổi không được vắng.",
    ),
    (
        "DPPPPP",
        {"must_attend": frozenset({1})},
        {},
        "Đủ điều kiện: đã dự 6/6 buổi bắt buộc; "
        "buổi sáng 14/06/2022 chưa thống nhất, tạm tính là có mặt, chờ kết luận.",
    ),
    # How late, left early and excused count.
    (
        "PPXPPP",
        {"excused_counts": FULL},
        {},
        "Đủ điều kiện: đạt 6/6 buổi bắt buộc; vắng có phép buổi sáng 15/06/2022 (tính đủ).",
    ),
    (
        "PPXPPP",
        {"excused_counts": HALF},
        {},
        "Chưa đủ điều kiện: vắng có phép buổi sáng 15/06/2022 (tính một nửa); cần dự 6/6 buổi, mới được 5,5.",
    ),
    (
        "PPXPPP",
        {"share": 90, "excused_counts": HALF},
        {},
        "Chưa đủ điều kiện: vắng có phép buổi sáng 15/06/2022 (tính một nửa); cần dự 6/6 buổi, mới được 5,5.",
    ),
    (
        "PPXPPP",
        {"share": 80, "excused_counts": HALF},
        {},
        "Đủ điều kiện: đạt 5,5/6 buổi bắt buộc (cần 5); vắng có phép buổi sáng 15/06/2022 (tính một nửa).",
    ),
    (
        "LPPPPP",
        {"late_counts": HALF},
        {},
        "Chưa đủ điều kiện: đến trễ buổi sáng 14/06/2022 (tính một nửa); cần dự 6/6 buổi, mới được 5,5.",
    ),
    (
        "LPPP--",
        {"late_counts": NONE},
        {},
        "Không còn khả năng đủ điều kiện: đến trễ buổi sáng 14/06/2022 (không tính); "
        "cần dự 6/6 buổi, nhiều nhất chỉ được 5.",
    ),
    (
        "PPPEPE",
        {"left_early_counts": HALF},
        {},
        "Chưa đủ điều kiện: về sớm buổi chiều 15/06/2022 và buổi chiều 16/06/2022 (tính một nửa); "
        "cần dự 6/6 buổi, mới được 5.",
    ),
    (
        "PPPEPP",
        {"left_early_counts": NONE},
        {},
        "Chưa đủ điều kiện: về sớm buổi chiều 15/06/2022 (không tính); cần dự 6/6 buổi, mới được 5.",
    ),
    # By periods.
    ("PPPPPP", {"measure": Measure.PERIODS}, {}, "Đủ điều kiện: đã dự 24/24 tiết bắt buộc."),
    (
        "PPPPPA",
        {"measure": Measure.PERIODS, "share": 90},
        {"sessions": SHORT_LAST},
        "Đủ điều kiện: đã dự 20/22 tiết bắt buộc (cần 20).",
    ),
    (
        "APPPPP",
        {"measure": Measure.PERIODS, "share": 90},
        {"sessions": SHORT_LAST},
        "Chưa đủ điều kiện: vắng không phép buổi sáng 14/06/2022; cần dự 20/22 tiết, mới được 18.",
    ),
    (
        "A-----",
        {"measure": Measure.PERIODS},
        {},
        "Không còn khả năng đủ điều kiện: vắng không phép buổi sáng 14/06/2022; "
        "cần dự 24/24 tiết, nhiều nhất chỉ được 20.",
    ),
    (
        "XPPPPP",
        {"measure": Measure.PERIODS, "excused_counts": FULL},
        {},
        "Đủ điều kiện: đạt 24/24 tiết bắt buộc; vắng có phép buổi sáng 14/06/2022 (tính đủ).",
    ),
    # Only what the person owes, and only what is held.
    ("PPPAAA", {}, {"sessions": BLOCKS, "blocks_owed": {1}}, "Đủ điều kiện: đã dự 3/3 buổi bắt buộc."),
    (
        "APPPPP",
        {},
        {"sessions": OPENING, "blocks_owed": {2}},
        "Chưa đủ điều kiện: vắng không phép buổi sáng 14/06/2022; cần dự 4/4 buổi, mới được 3.",
    ),
    ("PPPPPP", {}, {"sessions": BLOCKS, "blocks_owed": {1, 2}}, "Đủ điều kiện: đã dự 6/6 buổi bắt buộc."),
    ("PPPPPP", {}, {"sessions": BLOCKS}, "Đủ điều kiện: đã dự 6/6 buổi bắt buộc."),
    ("PPPPP-", {}, {"sessions": ONE_CANCELLED}, "Đủ điều kiện: đã dự 5/5 buổi bắt buộc."),
    ("PPPPPA", {}, {"sessions": ONE_OPTIONAL}, "Đủ điều kiện: đã dự 5/5 buổi bắt buộc."),
    (
        "PPPPPA",
        {"must_attend": frozenset({6})},
        {"sessions": ONE_OPTIONAL},
        "Chưa đủ điều kiện: vắng không phép buổi chiều 16/06/2022; buổi chiều 16/06/2022 là buổi không được vắng; "
        "cần dự 6/6 buổi, mới được 5.",
    ),
    ("------", {}, {"sessions": []}, "Chưa đủ điều kiện: chưa có buổi học bắt buộc nào."),
    ("PPPAAA", {}, {"sessions": BLOCKS, "blocks_owed": {3}}, "Chưa đủ điều kiện: chưa có buổi học bắt buộc nào."),
    # With a test or an essay.
    (
        "PPPPPP",
        TEST,
        {"points": Decimal("7.50")},
        "Đủ điều kiện: đã dự 6/6 buổi bắt buộc; bài kiểm tra đạt 7,5/10 (cần 5), xếp loại Khá.",
    ),
    (
        "PPPPPP",
        ESSAY,
        {"points": Decimal("62.5")},
        "Đủ điều kiện: đã dự 6/6 buổi bắt buộc; bài thu hoạch đạt 62,5/100 (cần 62,5).",
    ),
    ("PPPPPP", TEST, {}, "Chưa đủ điều kiện: chưa có điểm bài kiểm tra, sẽ đủ nếu đạt từ 5/10."),
    (
        "PPPPP-",
        TEST,
        {},
        "Chưa đủ điều kiện: chưa có điểm bài kiểm tra; còn 1 buổi chưa học, sẽ đủ nếu có mặt buổi cuối "
        "và bài kiểm tra đạt từ 5/10.",
    ),
    (
        "PPPPP-",
        TEST,
        {"points": Decimal(10)},
        "Chưa đủ điều kiện: còn 1 buổi chưa học, sẽ đủ nếu có mặt buổi cuối (bài kiểm tra đã đạt 10/10).",
    ),
    ("PPPPPP", TEST, {"points": Decimal("4.99")}, "Chưa đủ điều kiện: bài kiểm tra không đạt: 4,99/10 (cần 5)."),
    (
        "PPPPP-",
        ESSAY,
        {"points": Decimal(0)},
        "Không còn khả năng đủ điều kiện: bài thu hoạch không đạt: 0/100 (cần 62,5).",
    ),
    (
        "PPAPPP",
        TEST,
        {},
        "Không còn khả năng đủ điều kiện: vắng không phép buổi sáng 15/06/2022; cần dự 6/6 buổi, mới được 5.",
    ),
    (
        "PPAPPP",
        TEST,
        {"points": Decimal(9)},
        "Chưa đủ điều kiện: vắng không phép buổi sáng 15/06/2022; cần dự 6/6 buổi, mới được 5 "
        "(bài kiểm tra đã đạt 9/10).",
    ),
    ("PPPPPP", {}, {"points": Decimal(1)}, "Đủ điều kiện: đã dự 6/6 buổi bắt buộc."),
    # All the same, by a decision.
    (
        "PPAPPP",
        {},
        {"override": "nằm viện, Quyết định số 12/QĐ-UBND ngày 20/06/2022."},
        "Xét trường hợp đặc biệt: nằm viện, Quyết định số 12/QĐ-UBND ngày 20/06/2022.",
    ),
]


@pytest.mark.parametrize(("said", "rule", "situation", "sentence"), CASES)
def test_the_reason_is_one_sentence_in_vietnamese(said, rule, situation, sentence):
    with translation.override("vi"):
        result = verdict(said, Rule(**rule), **situation)

    assert result.reason == sentence
    assert result.earned is sentence.startswith(("Đủ điều kiện", "Xét trường hợp"))
    assert result.forecast is ("sẽ đủ nếu" in sentence)
    assert result.can_still is (result.earned or result.forecast)


def test_the_numbers_stand_beside_the_sentence():
    result = verdict("PPA-P-", Rule(share=80))

    assert (result.attended, result.reachable, result.needed, result.possible) == (3, 5, 5, 6)
    assert (result.to_come, result.unmarked) == (1, 1)


def test_an_override_leaves_the_numbers_as_they_are():
    result = verdict("PPAPPP", override="nằm viện")

    assert result.earned
    assert result.can_still
    assert (result.attended, result.needed) == (5, 6)


@pytest.mark.parametrize(
    ("points", "grade"),
    [(None, ""), ("4.99", ""), ("5", "Đạt"), ("7.49", "Đạt"), ("7.5", "Khá"), ("8.99", "Khá"), ("9", "Giỏi")],
)
def test_the_grade_is_the_highest_one_reached(points, grade):
    result = verdict("PPPPPP", Rule(**TEST), points=points and Decimal(points))

    assert result.grade == grade
    assert result.grade_open is (points is None)


def test_no_points_are_no_bad_points():
    assert verdict("PPPPPP", Rule(**TEST), points=None).can_still
    assert not verdict("PPPPPP", Rule(**TEST), points=Decimal(0)).can_still


@pytest.mark.parametrize(
    ("said", "fields", "reason"),
    [
        (
            "--PPPP",
            {},
            "Not yet eligible: not in the class yet on the morning of 14/06/2022 and the afternoon of 14/06/2022, not "
            "made up; 6 of 6 half-days are needed, only 4 so far.",
        ),
        (
            "P-PP--",
            {},
            "Can no longer become eligible: not in the class yet on the afternoon of 14/06/2022, not made up; 6 of 6 "
            "half-days are needed, at most 5 can be reached.",
        ),
        ("-PPPPP", {"rule": Rule(share=80)}, "Eligible: attended 5 of 6 required half-days (5 needed)."),
        (
            "-PPPPP",
            {"rule": Rule(share=80, must_attend=frozenset({1}))},
            "Not yet eligible: not in the class yet on the morning of 14/06/2022, not made up; the morning of "
            "14/06/2022 must not be missed.",
        ),
        ("PPPPPP", {}, "Eligible: attended 6 of 6 required half-days."),
    ],
)
def test_half_days_before_somebody_came_are_missed_unless_made_up_and_are_named(said, fields, reason):
    """Fails when `before_joining` is not looked at: an open sheet would promise that they can still be attended."""
    with translation.override("en"):
        judged = verdict(said, before_joining={1, 2}, **fields)
    assert judged.reason == reason
    assert [item.id for item in judged.before_joining] == [1, 2]
    assert (judged.to_come, judged.unmarked) == (said[2:].count("-"), 0)
