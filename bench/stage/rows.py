"""One table for all: what was measured, what is promised, and whether that is kept."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

DIRECTORY = Path(__file__).resolve().parents[2] / "var" / "bench"


@dataclass
class Table:
    """Printed as it grows; `write` leaves it in `var/bench/<name>.json`."""

    name: str
    rows: list[dict[str, Any]] = field(default_factory=list)

    def at_most(self, what: str, found: float, promised: float, unit: str, note: str = "") -> None:
        self._add(what, found, f"≤ {promised:g}", unit, note, kept=found <= promised)

    def at_least(self, what: str, found: float, promised: float, unit: str, note: str = "") -> None:
        self._add(what, found, f"≥ {promised:g}", unit, note, kept=found >= promised)

    def seen(self, what: str, found: float, unit: str, note: str = "") -> None:
        """What nobody promised, and explains the others."""
        self._add(what, found, "", unit, note, kept=True)

    def _add(self, what: str, found: float, promised: str, unit: str, note: str, *, kept: bool) -> None:
        row = {"what": what, "found": round(found, 3), "unit": unit, "promised": promised, "kept": kept, "note": note}
        self.rows.append(row)
        said = f"{promised} {unit}" if promised else ""
        print(f"{what:<52}{found:>10.1f} {unit:<6}{said:<14}{'' if kept else 'BROKEN '}{note}", flush=True)

    def write(self) -> int:
        """1 where a promise is broken."""
        load = os.getloadavg()[0]
        print(f"(load average {load:.1f} on {os.cpu_count()} cores)")
        DIRECTORY.mkdir(parents=True, exist_ok=True)
        found = {"rows": self.rows, "load_average": round(load, 2), "cores": os.cpu_count()}
        (DIRECTORY / f"{self.name}.json").write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n")
        return 0 if all(row["kept"] for row in self.rows) else 1
