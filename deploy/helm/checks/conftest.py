"""The chart as Helm writes it out, for each of the three value files."""

from __future__ import annotations

import fcntl
import hashlib
import json
import shutil
import subprocess
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from testkit.missing import missing

ROOT = Path(__file__).parents[3]
CHART = ROOT / "deploy/helm/parley"
KUBERNETES = "1.34"
SECRETS = (
    f"secrets.secretKey={'s' * 32}",
    f"secrets.adminToken={'t' * 32}",
    "rabbitmq.bundled.password=p/1",
    "mongodb.bundled.password=p@2",
)
NO_GO = 3
Manifests = list[dict[str, Any]]
Template = Callable[..., Manifests]


@pytest.fixture(scope="session")
def helm() -> Callable[..., subprocess.CompletedProcess[str]]:
    built = subprocess.run([ROOT / "scripts/go_tool.sh", "helm"], capture_output=True, text=True)
    if built.returncode == NO_GO:
        missing("Go", built.stderr)
    assert built.returncode == 0, built.stderr

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([built.stdout.strip(), *arguments], capture_output=True, text=True)

    return run


@pytest.fixture(scope="session")
def template(helm: Callable[..., subprocess.CompletedProcess[str]]) -> Template:
    @cache
    def write_out(size: str, *more: str) -> Manifests:
        options = [part for value in (*SECRETS, *more) for part in ("--set", value)]
        values = str(CHART / f"values-{size}.yaml")
        done = helm("template", "parley", str(CHART), "--kube-version", KUBERNETES, "-f", values, *options)
        assert done.returncode == 0, done.stderr
        return [manifest for manifest in yaml.safe_load_all(done.stdout) if manifest]

    return write_out


def _crd_models() -> Path:
    here = Path(__file__).parent / "crds"
    files = ("package.json", "package-lock.json", "validate.mjs")
    digest = hashlib.sha256(b"".join((here / file).read_bytes() for file in files)).hexdigest()[:12]
    folder = ROOT / f".tools/crd-models-{digest}"
    if not shutil.which("npm"):
        missing("npm", "apt install nodejs npm")
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # test workers may come at the same time
        if not (folder / "ready").exists():
            for file in files:
                shutil.copy(here / file, folder)
            subprocess.run(["npm", "ci", "--silent", "--no-audit", "--no-fund"], cwd=folder, check=True)
            (folder / "ready").touch()
    return folder


@pytest.fixture(scope="session")
def custom_resource_faults() -> Callable[[Manifests], str]:
    """What is wrong with these by the schemas of KEDA and the Prometheus Operator (packages of npm's)."""
    folder = _crd_models()

    def faults(manifests: Manifests) -> str:
        lines = "".join(json.dumps(manifest) + "\n" for manifest in manifests)
        done = subprocess.run(["node", "validate.mjs"], cwd=folder, input=lines, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return faults
