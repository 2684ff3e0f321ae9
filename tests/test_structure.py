"""The layout that keeps the project understandable; each failure says the rule that was broken."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.template.utils import get_app_template_dirs

ROOT = Path(settings.BASE_DIR)
APPS = ("courses", "attendance")

# Low to high; names in one line do not import each other. `templatetags` and context processors stand beside forms,
# middleware beside views, formats beside constants. apps.py, migrations and tests are outside the order.
LAYERS = [
    ("constants", "guards", "formats"),
    ("querysets",),
    ("models",),
    ("rules",),
    ("rendering", "readers"),
    ("reports",),
    ("services",),
    ("tasks",),
    ("forms", "templatetags", "context_processors", "responses"),
    ("admin", "views", "middleware"),
    ("urls", "management"),
]
RANK = {name: rank for rank, names in enumerate(LAYERS) for name in names}
OUTSIDE = ("apps", "migrations", "tests", "data", "__init__")
ARROW = (
    "constants | guards → querysets → models → rules → rendering | readers → reports → services → tasks → forms → "
    "admin | views → urls | commands: a module imports only what stands to its left, and what is joined by | does not "
    "import each other"
)
LONGEST_MODULE, LONGEST_FUNCTION = 500, 60


def is_product(path: Path) -> bool:
    return not {"tests", "migrations"} & set(path.parts)


@cache
def modules() -> dict[str, Path]:
    """Dotted name → path (from the root) of every module of the product."""
    found = {}
    for app in (*APPS, "vithanh_training"):
        for path in sorted((ROOT / app).rglob("*.py")):
            relative = path.relative_to(ROOT)
            if is_product(relative):
                found[".".join(relative.with_suffix("").parts).removesuffix(".__init__")] = relative
    return found


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse((ROOT / path).read_text(encoding="utf-8"))


def imports(path: Path) -> Iterator[tuple[str, int]]:
    """Names of the project's modules that a module imports, wherever it does, with the line; not for types alone."""
    todo: list[ast.AST] = [tree(path)]
    while todo:
        node = todo.pop()
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            todo += node.orelse
            continue
        todo += ast.iter_child_nodes(node)
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            names = [f"{base}.{alias.name}" if f"{base}.{alias.name}" in modules() else base for alias in node.names]
        else:
            continue
        yield from ((name, node.lineno) for name in names if name.split(".")[0] in (*APPS, "vithanh_training"))


def layer(module: str) -> str | None:
    """The layer of "courses.services.backup" is "services"; None outside the order."""
    parts = module.split(".")
    name = parts[1] if len(parts) > 1 else "__init__"
    return None if name in OUTSIDE else name


def edges() -> Iterator[tuple[str, str, str]]:
    for module, path in modules().items():
        for imported, line in sorted(set(imports(path))):
            yield module, imported, f"{path}:{line} imports {imported}"


# The arrow between the apps


def test_a_record_refers_to_a_plan_and_a_plan_never_to_its_record():
    wrong = [
        where for module, imported, where in edges() if module.startswith("courses") and imported.startswith("attend")
    ]
    assert not wrong, "courses never imports attendance"
    for module, path in modules().items():
        if module.startswith("courses"):
            wrong += [
                f"{path}:{node.lineno} names {node.value}"
                for node in ast.walk(tree(path))
                if isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and re.fullmatch(r"attendance(\.\w+)+", node.value)
            ]
    assert not wrong, "courses never names something of attendance, not even in a string"


def test_the_plan_has_no_reverse_accessor_of_the_record():
    wrong = [
        str(field)
        for model in apps.get_app_config("attendance").get_models()
        for field in model._meta.get_fields()
        if not model._meta.proxy
        and field.concrete
        and field.is_relation
        and field.related_model
        and field.related_model._meta.app_label == "courses"
        and not field.remote_field.hidden
    ]
    assert not wrong, 'a relation from attendance to courses has related_name="+"'


def test_nothing_imports_the_composition_root():
    wrong = [
        where
        for module, imported, where in edges()
        if imported.startswith("vithanh_training") and not module.startswith("vithanh_training")
    ]
    assert not wrong, "nothing imports vithanh_training"


# The layers inside an app


def test_every_module_has_a_layer():
    unknown = {f"{module} ({layer(module)})" for module in modules() if module.split(".")[0] in APPS and layer(module)}
    unknown = {name for name in unknown if name.rsplit("(", 1)[1].rstrip(")") not in RANK}
    assert not unknown, f"a module belongs to a layer ({ARROW}); no utils, helpers or common"


def test_imports_point_down_the_layers():
    wrong = []
    for module, imported, where in edges():
        upper, lower = layer(module), layer(imported)
        if module.split(".")[0] != imported.split(".")[0] or upper not in RANK or lower not in RANK or upper == lower:
            continue
        if RANK[lower] >= RANK[upper]:
            wrong.append(where)
    assert not wrong, ARROW


def test_no_modules_import_each_other_in_a_circle():
    graph: dict[str, set[str]] = {module: set() for module in modules()}
    for module, imported, _ in edges():
        if imported in graph and imported != module:
            graph[module].add(imported)
    while loose := [module for module, targets in graph.items() if not targets & graph.keys()]:
        for module in loose:
            del graph[module]
    assert not graph, "these modules import each other in a circle, or import one that does"


def test_imports_are_absolute():
    wrong = [
        f"{path}:{node.lineno}"
        for path in modules().values()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ImportFrom) and node.level
    ]
    assert not wrong, "imports are absolute"


# Sizes


def test_no_module_is_too_long():
    sizes = {str(path): len((ROOT / path).read_text(encoding="utf-8").splitlines()) for path in modules().values()}
    long = {path: size for path, size in sizes.items() if size > LONGEST_MODULE}
    assert not long, f"a module has at most {LONGEST_MODULE} lines; cut the layer by noun"


def test_no_function_is_too_long():
    long = [
        f"{path}:{node.lineno} {node.name}"
        for path in modules().values()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or node.lineno) - node.lineno + 1 > LONGEST_FUNCTION
    ]
    assert not long, f"a function has at most {LONGEST_FUNCTION} lines"


# Templates


def _is_found_by_convention(name: str) -> bool:
    """Pages of errors, and templates of a package or of a model's admin that ours stand in for."""
    if re.fullmatch(r"(400|403|403_csrf|404|500)\.html", name):
        return True
    candidates = {name, re.sub(r"^admin/(courses|attendance)/(\w+/)?", "admin/", name)}
    folders = [folder for folder in get_app_template_dirs("templates") if folder != ROOT / "templates"]
    return any((folder / candidate).is_file() for folder in folders for candidate in candidates)


def _is_filled_in(name: str) -> bool:
    """Named by an f-string such as f"admin/attendance/{page}.html", in a module that holds the page's name as well."""
    for path in modules().values():
        constants = {node.value for node in ast.walk(tree(path)) if isinstance(node, ast.Constant)}
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.JoinedStr):
                pattern = "".join(
                    re.escape(part.value) if isinstance(part, ast.Constant) else "([a-z_]+)" for part in node.values
                )
                found = re.fullmatch(pattern, name)
                if found and set(found.groups()) <= constants:
                    return True
    return False


def test_every_template_is_used():
    folder = ROOT / "templates"
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    code = "".join((ROOT / path).read_text(encoding="utf-8") for path in modules().values())
    texts = {path: path.read_text(encoding="utf-8") for path in files}
    unused = []
    for path in files:
        name = path.relative_to(folder).as_posix()
        others = code + "".join(text for other, text in texts.items() if other != path)
        if not (f'"{name}"' in others or f"'{name}'" in others or _is_found_by_convention(name) or _is_filled_in(name)):
            unused.append(name)
    assert not unused, "a template that nothing uses is deleted"


# The repository


def _own_files() -> Iterator[Path]:
    left_out = {".venv", ".git", "var", "vendor", "__pycache__", ".mypy_cache", ".ruff_cache", ".hypothesis"}
    for path in ROOT.rglob("*"):
        relative = path.relative_to(ROOT)
        if path.is_file() and not left_out & set(relative.parts):
            yield path


def test_no_file_names_a_machine_or_a_package_registry():
    # Put together here, so that this file does not hold what it looks for.
    paths = "|".join(
        [*(f"/{name}/" for name in ("work", "root", "home")), *(f"/opt/{name}" for name in ("pypi", "wheels"))]
    )
    hosts = "|".join(
        ["py" + r"pi\.org", "python" + r"hosted\.org", "np" + r"mjs\.", "extra-index" + "-url", "find" + "-links"]
    )
    wrong = []
    for path in _own_files():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        if found := re.search(rf"(?<![\w.])(?:{paths})|{hosts}", text):
            wrong.append(f"{path.relative_to(ROOT)}: {found[0]}")
    assert not wrong, "the project stands alone: no path of a machine, no host of a registry"


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_requirement_is_pinned_with_hashes(name):
    text = (ROOT / name).read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    assert len(lines) > 10
    wrong = [line for line in lines if not re.match(r"\S+==\S+ .*--hash=sha256:[0-9a-f]{64}", line)]
    assert not wrong, "each package is pinned by version and hash (make pins)"


@pytest.mark.django_db
def test_no_migration_is_missing():
    call_command("makemigrations", check_changes=True, dry_run=True, verbosity=0)
