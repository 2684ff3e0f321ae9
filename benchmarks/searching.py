"""Finding people among two million by the beginnings of two words of the name, on PostgreSQL, through the list.

Beside it: the same page of the list for one person named by number ("#12"), whom the database finds by the primary key.
"""

import random
import time
from collections.abc import Iterator

from benchmarks import Result, alternately, compared

DATABASE = "postgres"
PEOPLE = 2_000_000
GOAL = 20.0
ROUNDS = 9
#: Frequent beginnings, a frequent and a rare one, rare ones, a name late in the alphabet, and nobody.
SEARCHES = ("ngu th", "ng th", "tran nghi", "danh rong", "ly xuyen", "ngu x", "zz qq")

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


def run(people: int = PEOPLE) -> Iterator[Result]:
    """One result: that of the slowest of the searches, in seconds a page."""
    from django.conf import settings
    from django.test import override_settings

    # Links to static files are plain: nothing has collected them here.
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    site = {
        "STORAGES": {**settings.STORAGES, "staticfiles": plain},
        "SECOND_FACTOR_REQUIRED": False,
        "SECURE_SSL_REDIRECT": False,
        "ALLOWED_HOSTS": ["testserver"],
    }
    _fill(people)
    chance = random.Random(2)  # noqa: S311 (not a secret)
    with override_settings(**site):
        page = _page()

        def one() -> float:
            return page(f"#{chance.randrange(people) + 1}")

        results = []
        for words in SEARCHES:
            page(words), one()  # the first pages also warm the caches
            pairs = alternately(lambda words=words: page(words), one, ROUNDS)
            name = "search by the beginnings of two words among two million"
            results.append(compared(name, pairs, unit="s", goal=GOAL, bound="at most"))
    yield max(results, key=lambda result: result.ratio)


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


#: Each part of a name is drawn by its share. The database puts names and keys together: ten times faster than Python.
_FILL = """
INSERT INTO courses_trainee (
    full_name, family_name, middle_name, given_name, sort_key, search_key, gender, birth_precision, position, office_id,
    staff_category, phone, email, citizen_number_sealed, link_version, feed_version, created_at, updated_at)
SELECT concat_ws(' ', nullif(f.text, ''), nullif(m.text, ''), g.text), f.text, m.text, g.text,
    g.sort || '00' || f.sort || '00' || m.sort, concat_ws(' ', nullif(f.search, ''), nullif(m.search, ''), g.search),
    '', '', 'Chuyên viên', drawn.office, '', '', '', '', 1, 1, now(), now()
FROM (SELECT floor(random() * 1000)::int AS f, floor(random() * 1000)::int AS m, floor(random() * 1000)::int AS g,
    %s + floor(random() * %s)::int AS office FROM generate_series(1, %s)) AS drawn
JOIN part f ON (f.kind, f.slot) = ('f', drawn.f) JOIN part m ON (m.kind, m.slot) = ('m', drawn.m)
JOIN part g ON (g.kind, g.slot) = ('g', drawn.g)
"""


#: Indexes that are no constraint.
_INDEXES = """
SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'courses_trainee'
    AND indexname NOT IN (SELECT conname FROM pg_constraint) ORDER BY indexname
"""


def _fill(people: int) -> None:
    """Trainees of 60 offices, then VACUUM ANALYZE, as autovacuum does after an import."""
    from django.db import connection

    from courses.models import Office

    offices = Office.objects.bulk_create(
        Office(code=f"THU-{n}", name=f"Đơn vị Thử {n}", kind="department", order=n) for n in range(60)
    )
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE part (kind text, slot int, text text, sort text, search text)")
        cursor.executemany("INSERT INTO part VALUES (%s, %s, %s, %s, %s)", list(_parts()))
        cursor.execute("ANALYZE part")
        cursor.execute("SELECT setseed(0.5)")
        cursor.execute(_INDEXES)
        indexes = cursor.fetchall()
        for name, _definition in indexes:
            cursor.execute(f'DROP INDEX "{name}"')
        cursor.execute(_FILL, [offices[0].pk, len(offices), people])
        cursor.execute("SET maintenance_work_mem = '512MB'")
        for _name, definition in indexes:  # made at once, several times faster than row by row
            cursor.execute(definition)
        cursor.execute("VACUUM ANALYZE courses_trainee")


def _parts() -> Iterator[tuple]:
    """(kind, slot, text, sort key, search key): a thousand slots a kind, of which each part has its share."""
    from courses.constants.names import search_key, sort_key

    nothing = sort_key("", "", "")  # of three parts, the given one first
    empty = len(nothing) - len("0000")
    kinds = {"f": _FAMILIES, "m": _MIDDLES, "g": dict.fromkeys(_GIVENS.split(), 1)}
    for kind, shares in kinds.items():
        total, reached, slot = sum(shares.values()), 0, 0
        for text, share in shares.items():
            reached += share
            while slot * total < reached * 1000:
                yield kind, slot, text, sort_key("", "", text)[:-empty], search_key(text)
                slot += 1
