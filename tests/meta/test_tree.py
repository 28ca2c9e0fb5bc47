"""The tree stands alone: no machine's paths, no registry's addresses, everything pinned."""

from __future__ import annotations

import json
import re
import tomllib

import pytest

from tests.meta.source import ROOT, name, tracked

# assembled, so that this file does not find itself
FOREIGN = [
    # the work list's pages lie under the same word as a machine's folder
    *("/" + "work/" + folder for folder in ("main", "shared", "brief", ".")),
    "." + "./shared", "/" + "root/", "/" + "home/", "/" + "Users/",
    "pypi" + ".org", "pythonhosted" + ".org", "npmjs" + ".org", "npmjs" + ".com", "yarnpkg" + ".com",
]  # fmt: skip
# letters of the law and lists of names legitimately hold anything
TEXT = {
    ".py",
    ".md",
    ".yaml",
    ".yml",
    ".toml",
    ".txt",
    ".in",
    ".json",
    ".sh",
    ".cfg",
    ".html",
    ".css",
    ".js",
    "",
}


def test_no_path_of_a_machine_and_no_registry_is_named() -> None:
    found = []
    for path in tracked():
        if path.suffix not in TEXT or path.stat().st_size > 2_000_000:
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        found += [f"{name(path)}: {word}" for word in FOREIGN if word in text]
    assert not found


@pytest.mark.parametrize("file", ["requirements.txt", "requirements-dev.txt", "requirements-bench.txt"])
def test_every_requirement_is_pinned_with_hashes(file: str) -> None:
    text = (ROOT / file).read_text(encoding="utf-8")
    assert "://" not in text
    blocks = re.split(r"\n(?=[A-Za-z0-9])", re.sub(r"^#.*\n", "", text, flags=re.MULTILINE))
    loose = [block.splitlines()[0] for block in blocks if "==" not in block or "--hash=sha256:" not in block]
    assert not loose


def test_the_front_end_lock_records_no_addresses() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    packages = {where: package for where, package in lock["packages"].items() if where}
    assert packages
    assert all("resolved" not in package and package["integrity"] for package in packages.values())


def test_the_package_asks_for_what_the_lock_holds() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = (ROOT / "requirements.in").read_text(encoding="utf-8").split()
    assert project["dependencies"] == wanted


def test_the_continuous_integration_runs_the_test_command_only() -> None:
    script = ROOT / ".ci" / "run"
    assert script.stat().st_mode & 0o111
    commands = [line for line in script.read_text(encoding="utf-8").splitlines()[1:] if line]
    assert commands == ["set -euo pipefail", 'cd "$(dirname "$0")/.."', "exec make test"]
