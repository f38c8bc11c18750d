"""The two servers in front, by configurations written anew: nginx before the web hosts, PgBouncer before PostgreSQL."""

from __future__ import annotations

import os
import shutil
import signal
import socket
from pathlib import Path
from urllib.parse import urlsplit

from see1.embedded.accounts import account_for
from see1.embedded.ports import LOOPBACK, free_port
from see1.embedded.processes import Process

_NGINX = """\
daemon off;
worker_processes 1;
pid {directory}/nginx.pid;
error_log {directory}/nginx-errors.log warn;
{user}
events {{ worker_connections 1024; }}
http {{
    access_log off;
    client_body_temp_path {directory}/body;
    proxy_temp_path {directory}/proxy;
    fastcgi_temp_path {directory}/fastcgi;
    uwsgi_temp_path {directory}/uwsgi;
    scgi_temp_path {directory}/scgi;
    upstream web {{
        {servers}
        keepalive 32;
    }}
    server {{
        listen {host}:{port};
        location / {{
            proxy_pass http://web;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_set_header Host $host;
            proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
            proxy_set_header X-Forwarded-Proto https;
            proxy_connect_timeout 1s;
            proxy_read_timeout 25s;
            # What may have written is never sent twice by us: its caller repeats it, with the same Idempotency-Key.
            proxy_next_upstream error timeout;
            error_page 502 504 = @away;
        }}
        location @away {{
            internal;
            default_type application/problem+json;
            add_header Retry-After 1 always;
            return 503 '{{"type":"about:blank","title":"Unavailable","status":503,"code":"unavailable"}}';
        }}
    }}
}}
"""

_PGBOUNCER = """\
[databases]
see1 = host={host} port={primary} dbname=see1
see1_replica = host={host} port={replica} dbname=see1
[pgbouncer]
listen_addr = {host}
listen_port = {port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = {directory}/users.txt
pool_mode = transaction
max_client_conn = 500
default_pool_size = 20
server_login_retry = 1
server_connect_timeout = 3
query_wait_timeout = 10
logfile = {directory}/pgbouncer.log
"""


class Missing(Exception):
    """A server that has to be installed first."""


def binary(name: str, package: str) -> str:
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin")
    if found is None:
        raise Missing(f"{name} is missing: apt-get update && apt-get install -y --no-install-recommends {package}")
    return found


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((LOOPBACK, port)) == 0


class Nginx:
    """Before as many web hosts as it is told to use."""

    def __init__(self, directory: Path, web_ports: list[int]) -> None:
        self.directory, self.port, self._web_ports = directory, free_port(), web_ports
        directory.mkdir()

    def process(self) -> Process:
        self.use(self._web_ports)
        return Process(
            name="nginx",
            command=[binary("nginx", "nginx-light"), "-p", str(self.directory), "-c", str(self._file)],
            log=self.directory / "nginx.log",
            stop_signal=signal.SIGQUIT,
            is_ready=lambda: listens(self.port),
        )

    @property
    def _file(self) -> Path:
        return self.directory / "nginx.conf"

    def use(self, ports: list[int], *, running: Process | None = None) -> None:
        servers = "\n        ".join(f"server {LOOPBACK}:{port} max_fails=1 fail_timeout=2s;" for port in ports)
        user = "user root;" if os.geteuid() == 0 else ""
        self._file.write_text(
            _NGINX.format(directory=self.directory, user=user, servers=servers, host=LOOPBACK, port=self.port)
        )
        if running is not None:
            os.kill(running.pid, signal.SIGHUP)


class PgBouncer:
    """One address for the primary and one for the replica, wherever they are just now."""

    def __init__(self, directory: Path, *, primary_url: str, replica_url: str) -> None:
        self.directory, self.port = directory, free_port()
        self._primary, self._replica = urlsplit(primary_url).port, urlsplit(replica_url).port
        self._user, self._password = urlsplit(primary_url).username, urlsplit(primary_url).password
        directory.mkdir(mode=0o777)
        directory.chmod(0o777)  # it refuses to run as root, and runs as the account of the servers behind it

    def url(self, name: str) -> str:
        return f"postgres://{self._user}:{self._password}@{LOOPBACK}:{self.port}/{name}"

    def process(self) -> Process:
        (self.directory / "users.txt").write_text(f'"{self._user}" "{self._password}"\n')
        self._write()
        command = [binary("pgbouncer", "pgbouncer"), "-q", str(self._file)]
        account = account_for(self.directory / "of-nobody")
        if account is not None:
            command = account.command(command, places=[self.directory], at_death=signal.SIGTERM)
        return Process(
            name="pgbouncer",
            command=command,
            log=self.directory / "output.log",
            is_ready=lambda: listens(self.port),
        )

    @property
    def _file(self) -> Path:
        return self.directory / "pgbouncer.ini"

    def _write(self) -> None:
        self._file.write_text(
            _PGBOUNCER.format(
                host=LOOPBACK, primary=self._primary, replica=self._replica, port=self.port, directory=self.directory
            )
        )

    def point_to(self, url: str, process: Process) -> None:
        """Both names lead to `url` from now on: the primary is gone, and its replica took its place."""
        self._primary = self._replica = urlsplit(url).port
        self._write()
        os.kill(process.pid, signal.SIGHUP)
