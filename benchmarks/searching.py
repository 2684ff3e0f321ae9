"""Finding one person among two million by the beginnings of two words of the name, on PostgreSQL, through the list.

Beside it: the list's page for one person named by number, which the database finds by its primary key. Run alone by
`python -m benchmarks.searching [PEOPLE]`; a JSON object a line, as all benchmarks print (docs: commands).
"""

import json
import os
import random
import sys
import time
from collections.abc import Iterator
from itertools import accumulate
from statistics import median

PEOPLE = 2_000_000
GOAL = 20.0
ROUNDS = 15
#: What is typed: first two frequent beginnings, then a frequent and a rare one, two rare ones, and nobody.
SEARCHES = ("ngu th", "ngu thi anh", "ng th a", "tran nghi", "danh rong", "ly xuyen", "thach ut", "zz qq")

_FAMILIES = {
    "Nguyễn": 384, "Trần": 121, "Lê": 95, "Phạm": 70, "Huỳnh": 51, "Phan": 45, "Vũ": 39, "Võ": 38, "Đặng": 21,
    "Bùi": 20, "Đỗ": 14, "Hồ": 13, "Ngô": 13, "Dương": 10, "Lý": 9, "Danh": 6, "Thạch": 5, "Kim": 4, "Châu": 4,
    "Lâm": 8, "Trương": 12, "Đinh": 8, "Mai": 6, "Tô": 3, "Quách": 2, "Tăng": 2, "Âu": 1, "Giả": 1,
}  # fmt: skip
_MIDDLES = {
    "Thị": 300, "Văn": 220, "Thị Hồng": 18, "Thị Ngọc": 22, "Thị Kim": 24, "Thanh": 25, "Minh": 28, "Hoàng": 22,
    "Hữu": 16, "Quốc": 15, "Ngọc": 20, "Đức": 9, "Công": 8, "Thị Mỹ": 14, "Thị Bích": 12, "Xuân": 8, "Trung": 9,
    "Thị Thùy": 10, "Nhật": 6, "Thế": 5, "Sa": 1, "": 6, "Thị Ánh": 6, "Phước": 7, "Gia": 4, "Tấn": 8,
}  # fmt: skip
_GIVENS = (
    "An Anh Ánh Ân Bảo Bình Bích Cường Châu Chi Chiến Dung Dũng Duy Dương Đào Đạt Đông Đức Giang Hà Hải Hạnh Hằng Hậu "
    "Hiền Hiếu Hòa Hoa Hồng Huệ Hùng Hương Huy Khánh Khoa Kiệt Kiều Lan Lâm Liên Linh Loan Long Lộc Lợi Mai Minh My Mỹ "
    "Nam Nga Ngân Nghĩa Nghi Ngọc Nguyên Nhân Nhi Nhung Oanh Phát Phong Phú Phúc Phương Phượng Quang Quân Quyên Quỳnh "
    "Sang Sơn Tài Tâm Tân Thảo Thắng Thanh Thành Thi Thịnh Thoa Thu Thuận Thúy Thủy Thư Thương Tiên Tiến Toàn Trang "
    "Trâm Trí Trinh Trung Trúc Tú Tuấn Tuyết Tuyền Tường Út Uyên Vân Việt Vinh Vũ Vy Xuân Xuyến Yến Rông Quyt Rây"
)


def run(people: int = PEOPLE) -> list[dict]:
    """One result for the slowest of the searches: `ours` and `other` are medians of a page in milliseconds."""
    with _site(people) as page:
        times: dict[str, list[float]] = {words: [] for words in (*SEARCHES, "#")}
        chosen = random.Random(2).sample(range(1, people + 1), ROUNDS + 2)  # noqa: S311 (not a secret)
        for number, pk in enumerate(chosen):
            for words in times:
                taken = page(f"#{pk}" if words == "#" else words)
                if number >= 2:  # the first pages also warm the caches
                    times[words].append(taken)
    other = median(times.pop("#"))
    each = {words: round(median(taken) * 1000, 2) for words, taken in times.items()}
    ours = max(each.values())
    ratio = round(ours / (other * 1000), 2)
    return [
        {
            "name": "search by the beginnings of two words",
            "ours": ours,
            "other": round(other * 1000, 2),
            "unit": "ms a page",
            "ratio": ratio,
            "goal": GOAL,
            "ok": ratio < GOAL,
            "each": each,
            "people": people,
        }
    ]


class _site:
    """A site on a PostgreSQL of its own with so many people; gives a function that times one page of the list."""

    def __init__(self, people: int):
        self.people = people

    def __enter__(self):
        from tests.postgres import running_postgres

        self.server = running_postgres()
        socket = self.server.__enter__()
        os.environ["DJANGO_SETTINGS_MODULE"] = "vithanh_training.settings_tests"
        os.environ["TEST_DATABASE"] = "postgres"
        import django
        from django.conf import settings

        settings.DATABASES["default"]["HOST"] = str(socket)
        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        _fill(self.people)
        return _page()

    def __exit__(self, *_what):
        from django.db import connections

        connections.close_all()
        self.server.__exit__(None, None, None)


def _page():
    from django.test import Client
    from django.urls import reverse

    from courses.models import User

    client = Client()
    client.force_login(User.objects.create_superuser("thu", full_name="Người Thử"))
    url = reverse("admin:courses_trainee_changelist")

    def page(words: str) -> float:
        begun = time.perf_counter()
        answer = client.get(url, {"q": words})
        taken = time.perf_counter() - begun
        if answer.status_code != 200:
            raise RuntimeError(f"{url}?q={words} answered {answer.status_code}")
        return taken

    return page


def _fill(people: int) -> None:
    """Trainees of 60 offices by COPY, then ANALYZE, as autovacuum does after an import."""
    from django.db import connection

    from courses.models import Office, Trainee

    offices = Office.objects.bulk_create(
        Office(code=f"THU-{n}", name=f"Đơn vị Thử {n}", kind="department", order=n) for n in range(60)
    )
    columns = (
        "full_name", "family_name", "middle_name", "given_name", "sort_key", "search_key", "gender",
        "birth_precision", "position", "office_id", "staff_category", "phone", "email", "citizen_number_sealed",
        "link_version", "feed_version", "created_at", "updated_at",
    )  # fmt: skip
    with connection.cursor() as cursor:
        with cursor.cursor.copy(f"COPY {Trainee._meta.db_table} ({', '.join(columns)}) FROM STDIN") as copy:
            for row in _rows(people, [office.pk for office in offices]):
                copy.write_row(row)
        cursor.execute("VACUUM ANALYZE courses_trainee")


def _rows(people: int, offices: list[int]) -> Iterator[tuple]:
    from courses.constants.clock import now
    from courses.constants.names import join_name, search_key, sort_key

    chance = random.Random(1)  # noqa: S311 (the same people in each run)
    moment, givens = now(), _GIVENS.split()
    family_shares, middle_shares = (list(accumulate(shares.values())) for shares in (_FAMILIES, _MIDDLES))
    families, middles = list(_FAMILIES), list(_MIDDLES)
    plain: dict[str, str] = {}
    for _n in range(people):
        family = chance.choices(families, cum_weights=family_shares)[0]
        middle = chance.choices(middles, cum_weights=middle_shares)[0]
        given = chance.choice(givens)
        for part in (family, middle, given):
            if part not in plain:
                plain[part] = search_key(part)
        name = join_name(family, middle, given)
        key = join_name(plain[family], plain[middle], plain[given])
        yield (
            name, family, middle, given, sort_key(family, middle, given), key, "", "", "Chuyên viên",
            chance.choice(offices), "", "", "", "", 1, 1, moment, moment,
        )  # fmt: skip


if __name__ == "__main__":
    for result in run(int(sys.argv[1]) if len(sys.argv) > 1 else PEOPLE):
        print(json.dumps(result, ensure_ascii=False), flush=True)
        sys.exit(0 if result["ok"] else 1)
