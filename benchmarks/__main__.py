"""Runs all benchmarks, or those named: `python -m benchmarks [NAME …]`. Exit 1 when a goal is missed or one failed."""

import importlib
import json
import os
import pkgutil
import re
import shutil
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import benchmarks

ROOT = Path(__file__).resolve().parent.parent
LONGEST = 360  # seconds for one module
_ALONE = "--alone"
#: What would lead a benchmark to an installation's database, keys or channels.
_NOT_HANDED_ON = ("DATABASE_URL", "SECRET_KEY", "DATA_DIR", "EMAIL_URL", "SITE_URL", "PORT", "TLS_CERT", "TLS_KEY")


def main(names: list[str]) -> int:
    """Each module in a child process, one after the other."""
    found = [module.name for module in pkgutil.iter_modules(benchmarks.__path__) if not module.name.startswith("_")]
    wrong = False
    for name in names or found:
        with surroundings(name) as environment:
            command = [sys.executable, "-m", "benchmarks", _ALONE, name]
            try:
                ended = subprocess.run(command, cwd=ROOT, env=environment, timeout=LONGEST, check=False)  # noqa: S603
                wrong |= ended.returncode != 0
                if ended.returncode not in (0, 1):
                    print(f"{name}: ended with {ended.returncode}", file=sys.stderr)
            except subprocess.TimeoutExpired:
                wrong = True
                print(f"{name}: took longer than {LONGEST} s", file=sys.stderr)
    return int(wrong)


@contextmanager
def surroundings(name: str) -> Iterator[dict[str, str]]:
    """The environment of one module: a folder and a database of its own, gone afterwards."""
    folder = tempfile.mkdtemp(prefix="training-bench-")
    environment = {key: value for key, value in os.environ.items() if key not in _NOT_HANDED_ON}
    environment |= {"DATA_DIR": folder, "DJANGO_SETTINGS_MODULE": "vithanh_training.settings"}
    try:
        source = (ROOT / "benchmarks" / f"{name}.py").read_text(encoding="utf-8")
        if re.search(r'^DATABASE = "postgres"$', source, re.MULTILINE):
            from tests.postgres import running_postgres  # only where a module says so: it starts a server

            with running_postgres() as socket:
                yield environment | {"DATABASE_URL": f"postgresql://postgres:@/postgres?host={socket}"}
        else:
            yield environment
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def alone(name: str) -> int:
    """One module in this process, with tables made for it. 1 when a goal is missed, 2 when it failed."""
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)
    module = importlib.import_module(f"benchmarks.{name}")
    if not hasattr(module, "run"):
        return 0
    missed = False
    for result in module.run():
        print(json.dumps(result.line(), ensure_ascii=False), flush=True)
        missed |= not result.ok
    return int(missed)


if __name__ == "__main__":
    if sys.argv[1:2] == [_ALONE]:
        try:
            sys.exit(alone(sys.argv[2]))
        except Exception:
            traceback.print_exc()
            sys.exit(2)
    sys.exit(main(sys.argv[1:]))
