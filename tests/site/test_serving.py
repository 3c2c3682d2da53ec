"""Running the site: how it is served, its health, its worker, and what machines ask of it."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from groundbreak.cli.showing import free_port
from groundbreak.site import clients, exports, long_tables
from groundbreak.site.running import CannotServe, kept_key, serving

KEY = "k" * 48
PUBLIC = {"GROUNDBREAK_SECRET_KEY": KEY, "GROUNDBREAK_HOSTS": "tracker.example.org"}


# -- how it is served ------------------------------------------------------------------------------
def test_on_this_machine_a_key_is_made_once(tmp_path: Path) -> None:
    register = tmp_path / "r.sqlite3"
    first, second = serving(register, {}), serving(register, {})
    assert first.key == second.key
    assert len(first.key) >= 48
    file = tmp_path / "r.sqlite3.secret-key"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert first.key not in json.dumps(first.told())
    assert (first.threads, first.gunicorn()["worker_class"]) == (1, "sync")


def test_a_key_that_others_may_read_is_not_used(tmp_path: Path) -> None:
    file = tmp_path / "key"
    kept_key(file)
    file.chmod(0o644)
    with pytest.raises(CannotServe, match="others may read it"):
        kept_key(file)


@pytest.mark.parametrize("bind", ["0.0.0.0:8000", "[::]:8000", "192.0.2.1:80", "tracker.org:80"])
def test_open_to_others_it_needs_key_and_hosts(tmp_path: Path, bind: str) -> None:
    register = tmp_path / "r.sqlite3"
    with pytest.raises(CannotServe, match="GROUNDBREAK_HOSTS"):
        serving(register, {"GROUNDBREAK_SECRET_KEY": KEY}, bind=bind)
    with pytest.raises(CannotServe, match="GROUNDBREAK_SECRET_KEY"):
        serving(register, {"GROUNDBREAK_HOSTS": "tracker.example.org"}, bind=bind)
    how = serving(register, PUBLIC, bind=bind)
    assert (how.hosts, how.key_from) == (("tracker.example.org",), "environment")
    assert not list(tmp_path.iterdir())  # no key is left lying about


@pytest.mark.parametrize(("environ", "bind", "told"), [
    ({**PUBLIC, "GROUNDBREAK_HOSTS": "*"}, "0.0.0.0:80", "any name would be answered"),
    ({**PUBLIC, "GROUNDBREAK_SECRET_KEY": "short"}, "0.0.0.0:80", "32 or more"),
    ({"GROUNDBREAK_SECRET_KEY": "short"}, "127.0.0.1:80", "32 or more"),
    ({"GROUNDBREAK_HOSTS": "tracker.example.org"}, "127.0.0.1:80", "GROUNDBREAK_SECRET_KEY"),
    ({"GROUNDBREAK_PROXIES": "1"}, "127.0.0.1:80", "GROUNDBREAK_HOSTS"),
    ({"GROUNDBREAK_PROXIES": "many"}, "127.0.0.1:80", "0 to 9"),
    ({}, "8000", "HOST:PORT"), ({}, "localhost:http", "HOST:PORT"), ({}, ":8000", "HOST:PORT"),
    ({}, "127.0.0.1:99999", "HOST:PORT"), ({}, "unix:here.sock", "unix:/PATH"),
])
def test_what_is_unsafe_is_refused(
    tmp_path: Path, environ: dict[str, str], bind: str, told: str
) -> None:
    with pytest.raises(CannotServe, match=re.escape(told)):
        serving(tmp_path / "r.sqlite3", environ, bind=bind)


def test_postgresql_gets_threads() -> None:
    how = serving("postgresql://u@h/d", PUBLIC, bind="127.0.0.1:8000", workers=3)
    assert (how.database, how.workers, how.threads) == ("PostgreSQL", 3, 4)
    assert how.gunicorn()["worker_class"] == "gthread"


def test_by_default_the_log_names_no_asker() -> None:
    formats = [serving("postgresql://u@h/d", PUBLIC, log=log).gunicorn()["access_log_format"]
               for log in ("paths", "full")]
    for atom in ("%(h)s", "%(r)s", "%(q)s", "%(f)s", "%(a)s"):
        assert atom not in formats[0]
    assert "%(h)s" in formats[1]


def test_gunicorn_knows_every_setting() -> None:
    from gunicorn.config import KNOWN_SETTINGS

    known = {setting.name for setting in KNOWN_SETTINGS}
    assert set(serving("postgresql://u@h/d", PUBLIC).gunicorn()) - known <= {
        "control_socket_disable"}  # newer ones only


# -- who asks --------------------------------------------------------------------------------------
@pytest.mark.parametrize(("proxies", "heard", "forwarded", "who"), [
    (0, "192.0.2.1", "203.0.113.9", "192.0.2.1"),  # nobody's word is taken for it
    (1, "10.0.0.1", "203.0.113.9", "203.0.113.9"),
    (1, "10.0.0.1", "1.1.1.1, 203.0.113.9", "203.0.113.9"),
    (2, "10.0.0.1", "1.1.1.1, 203.0.113.9, 10.0.0.2", "203.0.113.9"),
    (1, "10.0.0.1", "", "10.0.0.1"),
    (1, "10.0.0.1", "<script>", "unknown"),
    (0, "2001:db8:1:2:3:4:5:6", "", "2001:db8:1:2::/64"),
    (0, "::ffff:192.0.2.1", "", "192.0.2.1"),
    (0, "", "", "unknown"),
])
def test_who_asks(proxies: int, heard: str, forwarded: str, who: str) -> None:
    from django.test import RequestFactory
    from django.test.utils import override_settings

    request = RequestFactory().get("/", REMOTE_ADDR=heard, HTTP_X_FORWARDED_FOR=forwarded)
    with override_settings(PROXIES=proxies):
        assert clients.client(request) == who


# -- health ----------------------------------------------------------------------------------------
def test_health_asks_for_no_host_name(client: Any) -> None:
    answer = client.get("/healthz", HTTP_HOST="10.1.2.3:8000")
    assert (answer.status_code, answer.content) == (200, b"ok\n")
    ready = client.get("/readyz", HTTP_HOST="10.1.2.3:8000")
    assert ready.json() == {"ready": True, "checks": {
        "database": True, "migrations": True, "triggers": True, "register": True}}
    assert ready["Cache-Control"] == "no-store"
    assert client.get("/", HTTP_HOST="10.1.2.3:8000").status_code == 400
    assert client.post("/healthz").status_code == 405


def test_not_ready_without_triggers(own_client: Any) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER register_claim_no_update")
    answer = own_client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["triggers"] is False


def test_not_ready_while_empty(empty_register: Path, tmp_path: Path) -> None:
    from tests.site.conftest import opened

    with opened(shutil.copy(empty_register, tmp_path / "empty.sqlite3")) as client:
        answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"] == {
        "database": True, "migrations": True, "triggers": True, "register": False}


def test_behind_a_proxy_pages_are_for_tls_only(embedded: Path) -> None:
    """The settings as a process of its own reads them."""
    program = (
        "from groundbreak.register.connection import connect; import json, sys\n"
        "connect(sys.argv[1])\n"
        "from django.test import Client\n"
        "c = Client(SERVER_NAME='tracker.example.org')\n"
        "plain = c.get('/about/')\n"
        "safe = c.get('/language', {'lang': 'fr'}, HTTP_X_FORWARDED_PROTO='https')\n"
        "print(json.dumps([plain.status_code, plain['Location'], "
        "safe['Strict-Transport-Security'], safe.cookies['django_language']['secure'], "
        "c.get('/healthz').status_code]))")
    told = subprocess.run(
        [sys.executable, "-c", program, str(embedded)], check=True, capture_output=True, text=True,
        env={**os.environ, **PUBLIC, "GROUNDBREAK_PROXIES": "1"})
    assert json.loads(told.stdout) == [
        301, "https://tracker.example.org/about/", "max-age=31536000", True, 200]


# -- what machines ask -----------------------------------------------------------------------------
def addresses(client: Any, path: str) -> list[str]:
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("application/xml")
    tree = ElementTree.fromstring(answer.content)
    return [node.text or "" for node in tree.iter() if node.tag.endswith("}loc")]


def test_the_sitemap_leads_to_pages_that_are_there(client: Any) -> None:
    found = addresses(client, "/sitemap.xml")
    assert len(found) == 2
    pages = [where for part in found for where in addresses(client, part)]
    assert len(pages) == len(set(pages))
    projects = [where for where in pages if "/projects/GB-" in where]
    from groundbreak.register import standing

    assert len(projects) == standing.current().reading().view.table().height
    for where in (*set(pages) - set(projects), *projects[:5]):
        assert client.get(where).status_code == 200, where


def test_a_long_sitemap_is_cut(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from groundbreak.site.views import serving as views

    whole = addresses(client, "/sitemap-projects-1.xml")
    monkeypatch.setattr(views, "MOST", 50)
    parts = [p for p in addresses(client, "/sitemap.xml") if "projects" in p]
    assert len(whole) > 100
    sizes = [len(addresses(client, part)) for part in parts]
    assert sizes[:-1] == [50] * ((len(whole) - 1) // 50)
    assert [where for part in parts for where in addresses(client, part)] == whole
    for wrong in ("projects-0", "projects-99", "projects-01", "projects-٣", "other", "projects-"):
        assert client.get(f"/sitemap-{wrong}.xml").status_code == 404


def test_robots(client: Any) -> None:
    text = client.get("/robots.txt").content.decode()
    assert "Sitemap: http://testserver/sitemap.xml" in text
    assert "Disallow: /report/" in text
    assert "Disallow: /\n" not in text


# -- long downloads --------------------------------------------------------------------------------
@pytest.fixture
def folder(own_client: Any) -> Path:
    return exports.place()


def test_a_long_workbook_is_made_by_the_worker(
    own_client: Any, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import io

    import openpyxl

    from groundbreak.site.views import projects as views

    monkeypatch.setattr(views, "LONG", 10)
    where = "/projects.xlsx?sector=steel&as_of=2026-01-01"
    at_once = own_client.get(where)  # no worker runs: the request makes it
    assert at_once.status_code == 200
    (folder / "worker.alive").touch()
    waiting = own_client.get(where)
    assert (waiting.status_code, waiting["Retry-After"]) == (202, "5")
    assert "being made" in waiting.content.decode()
    assert own_client.get(where).status_code == 202
    assert len(list(folder.glob("*.job"))) == 1  # asked twice, made once
    assert exports.work(exports.Stop(), once=True) == 1
    (folder / "worker.alive").touch()
    polled = own_client.get(where, HTTP_HX_REQUEST="true")
    assert "The workbook is ready" in polled.content.decode()
    ready = own_client.get(where)
    data = b"".join(ready.streaming_content)
    rows = list(openpyxl.load_workbook(io.BytesIO(data), read_only=True)["Projects"].values)
    same = list(openpyxl.load_workbook(io.BytesIO(at_once.content), read_only=True)
                ["Projects"].values)
    assert rows == same
    assert len(rows) > 10
    assert ready["Content-Disposition"].endswith('.xlsx"')


STUCK = """
import sys, time
from pathlib import Path
from groundbreak.register.connection import connect
connect(sys.argv[1])
from groundbreak.site import exports

def stuck(**_):
    print("begun", flush=True)
    time.sleep(60)

exports._builder = lambda name: stuck
exports.work(exports.Stop(), once=True)
"""


def test_after_a_crash_the_job_is_taken_again(own_client: Any, folder: Path) -> None:
    """A worker that is killed in the middle leaves no half file, and holds no lock."""
    job = exports.wanted("k", long_tables.workbook, "xlsx", known="2026-01-01", valid="2026-01-01",
                         recorded=None, pairs=[], about={})
    register = str(folder.parent / folder.name.removesuffix(".exports"))
    with subprocess.Popen([sys.executable, "-c", STUCK, register], stdout=subprocess.PIPE,
                          text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "begun\n"
        assert exports.work(exports.Stop(), once=True) == 0  # held by the other
        other.kill()
    assert not job.path.exists()
    assert exports.work(exports.Stop(), once=True) == 1
    assert job.path.read_bytes()[:2] == b"PK"
    assert sorted(p.name for p in folder.iterdir()) == [job.path.name]


def test_a_job_that_cannot_be_done_is_given_up(own_client: Any, folder: Path) -> None:
    asked = {"known": "no day", "valid": "", "recorded": None, "pairs": [], "about": {}}
    exports.wanted("k", long_tables.workbook, "xlsx", **asked)
    for _ in range(exports.MOST_TRIES):
        assert exports.work(exports.Stop(), once=True) == 0
    assert exports.wanted("k", long_tables.workbook, "xlsx", **asked).state == "failed"
    assert not list(folder.glob("*.job"))


def test_a_job_names_a_function_of_ours(own_client: Any, folder: Path) -> None:
    mark = folder.parent / "owned"
    (folder / "x.xlsx.job").write_text(json.dumps(
        {"build": "os:system", "arguments": {"command": f"touch {mark}"}}))
    for _ in range(exports.MOST_TRIES):
        exports.work(exports.Stop(), once=True)
    assert not mark.exists()
    assert (folder / "x.xlsx.failed").exists()


def test_the_queue_has_an_end(
    own_client: Any, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from groundbreak.site.views import projects as views

    monkeypatch.setattr(views, "LONG", 1)
    monkeypatch.setattr(exports, "MOST_WAITING", 2)
    (folder / "worker.alive").touch()
    codes = [own_client.get("/projects.xlsx", {"sector": sector}).status_code
             for sector in ("steel", "cement", "aviation")]
    assert codes == [202, 202, 503]


def test_old_files_go(own_client: Any, folder: Path) -> None:
    names = [f"{letter * 40}{ending}" for letter in "0a" for ending in (
        ".xlsx", ".xlsx.job", ".xlsx.failed", ".xlsx.tries")]
    strange = "minutes.xlsx"  # somebody named a folder that holds other things too
    for name in (*names, strange):
        (folder / name).write_bytes(b"x")
        if not name.startswith("a"):
            os.utime(folder / name, (0, 0))
    exports.tidy(folder)
    assert sorted(p.name for p in folder.iterdir()) == sorted(
        [strange, *(name for name in names if name.startswith("a"))])


def test_two_registers_on_one_machine_share_no_folder(
    cluster: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker makes what lies in its folder from its own register."""
    from tests.conftest import migrated
    from tests.site.conftest import opened

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.delenv(exports.PLACE, raising=False)
    places = []
    for _ in range(2):
        with opened(cluster.fresh_database(migrated)):
            places += [exports.place(), exports.place()]
    assert places[0] == places[1] != places[2] == places[3]
    assert not any("postgres" in str(place) for place in places)


def test_counters_of_requests_are_forgotten(own_client: Any, folder: Path) -> None:
    from django.core.cache import cache
    from django.db import connection

    cache.set("gone", 1, timeout=-1)
    cache.add("gone_too", 1, timeout=1)
    cache.add("still_counting", 1, timeout=60)
    time.sleep(2.1)
    exports.tidy(folder)
    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key FROM groundbreak_cache")
        left = {key.rpartition(":")[2] for key, in cursor.fetchall()}
    assert "still_counting" in left
    assert not left & {"gone", "gone_too"}


# -- for real --------------------------------------------------------------------------------------
def test_the_next_free_port() -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        held.listen()
        port = held.getsockname()[1]
        assert free_port(port) != port


def ask(url: str, host: str | None = None) -> tuple[int, bytes]:
    request = urllib.request.Request(url, headers={"Host": host} if host else {})
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


@contextlib.contextmanager
def started(*words: object) -> Iterator[subprocess.Popen[str]]:
    """`groundbreak WORDS` as a terminal's process group; nothing of it is left running."""
    env = {k: v for k, v in os.environ.items()
           if k not in ("GROUNDBREAK_REGISTER", "DATABASE_URL")}
    process = subprocess.Popen(
        [sys.executable, "-m", "groundbreak", *map(str, words)], stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True, env=env)
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def test_demo_opens_on_the_site_and_ends_with_control_c(embedded: Path, tmp_path: Path) -> None:
    register = shutil.copy(embedded, tmp_path / "demo.sqlite3")
    with started("demo", "--port", free_port(20_000 + os.getpid() % 20_000), "--register",
                 register) as process:
        assert process.stdout is not None
        where = ""
        for line in process.stdout:
            if found := re.search(r"The site is at (http://127\.0\.0\.1:\d+/)", line):
                where = found[1]
                break
        assert where
        code, page = ask(where)
        assert code == 200
        assert b"<h1>" in page
        assert ask(where + "about/", host="evil.example")[0] == 400
        assert ask(where + "healthz", host="evil.example")[0] == 200
        until = time.monotonic() + 20
        alive = tmp_path / "demo.sqlite3.exports" / "worker.alive"
        while not alive.exists() and time.monotonic() < until:
            time.sleep(0.1)
        assert alive.exists()  # its worker runs
        os.killpg(process.pid, signal.SIGINT)  # as a terminal sends it, to all
        out, error = process.communicate(timeout=60)
        assert process.returncode == 0
        assert "The site is ended" in out
        assert "Traceback" not in error
        with pytest.raises(urllib.error.URLError):
            ask(where)


def test_serve_sees_what_another_process_writes_and_stops_in_peace(
    embedded: Path, tmp_path: Path
) -> None:
    register = Path(shutil.copy(embedded, tmp_path / "own.sqlite3"))
    port = free_port(20_000 + os.getpid() % 20_000)
    with started("serve", "--bind", f"127.0.0.1:{port}", "--workers", 1, "--register",
                 register) as process:
        where = f"http://127.0.0.1:{port}/"
        until = time.monotonic() + 60
        while True:
            with contextlib.suppress(OSError):
                if ask(where + "readyz")[0] == 200:
                    break
            assert time.monotonic() < until
            time.sleep(0.1)
        assert ask(where + "projects/")[0] == 200
        listed = tmp_path / "list.csv"
        from tests.register.made import template_file

        template_file(listed, [("97", "concept", "10")])
        code = subprocess.run(
            [sys.executable, "-m", "groundbreak", "import", "template", str(listed), "--published",
             "2026-10-01", "--register", str(register)], capture_output=True, check=False)
        assert code.returncode == 0
        assert b"template:97" in ask(where + "projects.csv?all=1&source=template")[1]
        assert ask(where + "about/%0d%0aforged?q=secret")[0] == 404
        assert ask(where + "releases/review/t0ken/release.json")[0] == 404
        process.send_signal(signal.SIGTERM)
        out, error = process.communicate(timeout=60)
        assert process.returncode == 0
        assert "secret" not in out + error
        assert '"GET /about/%0d%0aforged" 404' in out
        assert '"GET /releases/review/.../release.json" 404' in out
        assert "t0ken" not in out
        assert "127.0.0.1 " not in out


# -- link previews ---------------------------------------------------------------------------------
def shared(client: Any, path: str) -> dict[str, str]:
    """What a page tells those who preview its link."""
    import html

    text = client.get(path).content.decode()
    return {name: html.unescape(told) for name, told in re.findall(
        r'<meta (?:property|name)="((?:og|twitter):[\w:]+)" content="([^"]*)">', text)}


def test_a_shared_link_shows_title_finding_and_picture(client: Any) -> None:
    told = shared(client, "/data/?as_of=2025-03-05")
    assert told["og:title"] == "Data"
    assert told["og:description"].startswith("The whole register to take away")
    assert told["og:url"] == "http://testserver/data/?as_of=2025-03-05"
    picture = client.get(told["og:image"].removeprefix("http://testserver"))
    assert told["og:image"].endswith("as_of=2025-03-05")
    assert picture["Content-Type"] == "image/png"


def test_a_hostile_name_stays_text_in_a_preview(client: Any) -> None:
    path = "/projects/?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E"
    assert "<script>alert" not in client.get(path).content.decode()
    assert shared(client, path)["og:url"].startswith("http://testserver/projects/?q=%22%3E%3C")
