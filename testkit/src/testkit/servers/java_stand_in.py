"""Fetching and starting mongo-java-server (BSD licence, on Maven Central), the stand-in for MongoDB in tests."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

_VERSION = "1.47.0"
STAND_IN = f"mongo-java-server {_VERSION} (stand-in, H2)"
_PROGRAM = Path(__file__).with_name("StandInMongo.java")
_CACHE = Path(__file__).parents[4] / ".tools" / "mongo-java-server"
_FETCH_SECONDS = 300
_PROJECT = """<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>parley</groupId><artifactId>stand-in</artifactId><version>1</version>
  <dependencies>{dependencies}</dependencies>
</project>
"""
_DEPENDENCY = """<dependency>
    <groupId>de.bwaldvogel</groupId><artifactId>{name}</artifactId><version>{version}</version>
  </dependency>"""


def fetch_jars() -> Path | str:
    """The folder with the server's jars, from the cache or from Maven; or why there is none."""
    if shutil.which("java") is None:
        return "no java for the stand-in"
    jars = _CACHE / f"jars-{_VERSION}"
    if jars.is_dir():
        return jars
    if shutil.which("mvn") is None:
        return "no mvn to fetch the stand-in with"
    _CACHE.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=_CACHE) as scratch:
        failure = _download(Path(scratch))
        if failure:
            return failure
        try:
            os.rename(Path(scratch) / "jars", jars)  # whole or not at all; another process may have been first
        except OSError:
            if not jars.is_dir():
                raise
    return jars


def stand_in_command(jars: Path, port: int, folder: Path) -> list[str]:
    memory = ["-Xmx512m", "-XX:+UseSerialGC"]  # tests share the machine
    return ["java", *memory, "-cp", f"{jars}/*", str(_PROGRAM), "127.0.0.1", str(port), str(folder / "data.mv")]


def _download(folder: Path) -> str | None:
    names = ("mongo-java-server", "mongo-java-server-h2-backend")
    dependencies = "".join(_DEPENDENCY.format(name=name, version=_VERSION) for name in names)
    (folder / "pom.xml").write_text(_PROJECT.format(dependencies=dependencies))
    command = ["mvn", "-q", "-B", "-f", str(folder / "pom.xml"), "dependency:copy-dependencies"]
    command.append(f"-DoutputDirectory={folder / 'jars'}")
    try:
        done = subprocess.run(command, capture_output=True, timeout=_FETCH_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"Maven did not fetch the stand-in: {error}"
    return (
        None
        if done.returncode == 0
        else f"Maven did not fetch the stand-in: {done.stdout[-500:].decode(errors='replace')}"
    )
