"""Who PostgreSQL runs as. It refuses to run as root, so root hands it to `nobody`.

`nobody` can usually not enter root's home, where the checkout may lie. Rather than opening directories to
everyone, the server keeps the one capability that looks through closed directories (`CAP_DAC_OVERRIDE`), and
only where it is needed.
"""

import os
import pwd
import signal
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from see1.embedded.processes import StackError, death_options, tying_setpriv

_LOOK_THROUGH = [
    # Without this access(2), with which PostgreSQL looks for its own files, ignores capabilities.
    "--securebits=+no_setuid_fixup",
    "--inh-caps=-all,+dac_override",
    "--ambient-caps=-all,+dac_override",
]


@dataclass(frozen=True)
class Account:
    uid: int
    gid: int

    def own(self, path: Path) -> None:
        os.chown(path, self.uid, self.gid)

    def command(self, command: Sequence[str], *, places: Iterable[Path], at_death: signal.Signals) -> list[str]:
        """`command` as this account, able to enter `places`, ended `at_death` of this process."""
        setpriv = tying_setpriv()
        if setpriv is None:
            raise StackError("PostgreSQL does not run as root: run this as another user, or install util-linux.")
        identity = [f"--reuid={self.uid}", f"--regid={self.gid}", "--clear-groups"]
        access = [] if all(_anyone_may_enter(place) for place in places) else _LOOK_THROUGH
        return [setpriv, *identity, *access, *death_options(at_death), "--", *command]


def account_for(directory: Path) -> Account | None:
    """None where the server runs as whoever starts it; for root the owner of `directory`, else nobody."""
    if os.geteuid() != 0:
        return None
    if directory.exists() and (owner := directory.stat()).st_uid != 0:
        return Account(owner.st_uid, owner.st_gid)
    nobody = pwd.getpwnam("nobody")
    return Account(nobody.pw_uid, nobody.pw_gid)


def _anyone_may_enter(place: Path) -> bool:
    return all(parent.stat().st_mode & 0o001 for parent in place.resolve().parents)
