"""How an act of the matrix is posted, and how the database is asked whether it was done."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

import lxml.html

from tests.access.browsers import browser_of

NEW = "Mới thử"


@dataclass
class Write:
    """`body(world, path, client)` is what the actor's browser posts; `done(world, actor)` says whether the row shows
    it; `prepare(world)` brings about what the act needs."""

    body: Callable
    done: Callable
    prepare: Callable = lambda world: None


def as_shown(world, path: str) -> dict:
    """What the largest form of the page posts when nothing is typed, as the superuser sees it."""
    kept = world.__dict__.setdefault("forms", {})
    if path not in kept:
        page = browser_of(world, "superuser").get(path)
        forms = lxml.html.fromstring(page.content.decode()).forms
        values: dict[str, list] = {}
        for name, value in max((form.form_values() for form in forms), key=len):
            values.setdefault(name, []).append(value)
        kept[path] = {name: value if len(value) > 1 else value[0] for name, value in values.items()}
    return dict(kept[path])


def typed(done: Callable, prepare: Callable = lambda world: None, **fields) -> Write:
    """A form with these fields changed; a field may be a function of the world."""

    def body(world, path, client):
        changes = {name: value(world) if callable(value) else value for name, value in fields.items()}
        return {**as_shown(world, path), **changes}

    return Write(body, done, prepare)


def posted(done: Callable, prepare: Callable = lambda world: None, **fields) -> Write:
    """These fields and no others."""
    return Write(
        lambda world, path, client: {n: v(world) if callable(v) else v for n, v in fields.items()}, done, prepare
    )


def there(model, **fields) -> Callable:
    return lambda world, actor: model.objects.filter(**fields).exists()


def vietnamese(day: dt.date) -> str:
    return f"{day:%d/%m/%Y}"
