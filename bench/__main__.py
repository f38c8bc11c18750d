"""`python -m bench [name …]`: every benchmark, or those named; tables are printed, figures go to `var/bench/`.

After all of them the page of figures, `docs/operations/figures.md`, is written anew.

PostgreSQL and Redis are started for them, unless `DATABASE_URL` and `REDIS_URL` name others. A benchmark is a module
here with `main() -> int`, which answers 1 where a promise is broken.
"""

from __future__ import annotations

import importlib
import pkgutil
import subprocess
import sys

import bench
from bench.stage import page
from tests.services import start_missing_services

NOT_BENCHMARKS = {"__main__", "screenshots", "chaos", "cluster", "stage", "upgrade"}


def names() -> list[str]:
    return sorted(module.name for module in pkgutil.iter_modules(bench.__path__) if module.name not in NOT_BENCHMARKS)


def main(asked: list[str]) -> int:
    unknown = set(asked) - set(names())
    if unknown:
        print(f"There is no benchmark {', '.join(sorted(unknown))}; there are: {', '.join(names())}.")
        return 2
    start_missing_services()
    broken = [name for name in asked or names() if _run(name, alone=len(asked) == 1)]
    if not asked:
        print(f"\n{page.write()} has these figures now.")
    if len(asked) != 1:
        print(f"\nBroken promises: {', '.join(broken) or 'none'}.")
    return 1 if broken else 0


def _run(name: str, *, alone: bool) -> int:
    """One of several gets a process of its own: none is measured with the memory of those before it."""
    if not alone:
        return subprocess.run([sys.executable, "-m", "bench", name], check=False).returncode  # noqa: S603 - our own
    print(f"\n{name}\n{'=' * len(name)}", flush=True)
    return int(importlib.import_module(f"bench.{name}").main())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
