"""MNIST and Fashion-MNIST by name: from the cache, else from their public home."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from equipoise.core.errors import DataError
from equipoise.data.cache import cache_folder, writing_to
from equipoise.data.progress import progress_bar
from equipoise.data.sources.arrays import ArraySource
from equipoise.data.sources.idx import IMAGES, LABELS, open_idx

_PIECE = 1 << 16
_TIMEOUT_SECONDS = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class RemoteFile:
    """One file of a data set, with what it must weigh and hash to."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Home:
    """Where a data set is published."""

    url: str
    files: tuple[RemoteFile, ...]


HOMES = {
    "fashion-mnist": Home(
        url="http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
        files=(
            RemoteFile(
                name=f"{IMAGES}.gz",
                size=26421880,
                sha256="3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
            ),
            RemoteFile(
                name=f"{LABELS}.gz",
                size=29515,
                sha256="a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
            ),
        ),
    ),
    "mnist": Home(
        url="https://ossci-datasets.s3.amazonaws.com/mnist/",
        files=(
            RemoteFile(
                name=f"{IMAGES}.gz",
                size=9912422,
                sha256="440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
            ),
            RemoteFile(
                name=f"{LABELS}.gz",
                size=28881,
                sha256="3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
            ),
        ),
    ),
}


def open_named(name: str) -> ArraySource:
    """Open a data set of `HOMES`, downloading what is missing. What is in the cache is used as it is."""
    folder = cache_folder() / name
    for file in HOMES[name].files:
        if not (folder / file.name).exists() and not (folder / file.name.removesuffix(".gz")).exists():
            fetch(file, HOMES[name], folder, name)
    return open_idx(folder, name=name)


def fetch(file: RemoteFile, home: Home, folder: Path, name: str) -> Path:
    """Download one file. It appears in `folder` only once its size and SHA-256 are right."""
    with writing_to(folder):
        folder.mkdir(parents=True, exist_ok=True)
    part = folder / f".{file.name}.{os.getpid()}.part"
    try:
        found = _received(home.url + file.name, part, file)
    except OSError as error:  # URLError, timeouts and full disks are all of this kind
        part.unlink(missing_ok=True)
        reason = error.reason if isinstance(error, URLError) else error
        raise DataError(
            f"`{name}` is not in the cache, and `{home.url}{file.name}` cannot be fetched: {reason}. "
            f"{_by_hand(home, folder, name)}"
        ) from error
    try:
        if found != file.sha256:
            raise DataError(
                f"`{home.url}{file.name}` has SHA-256 {found}, not {file.sha256}: nothing was kept. "
                f"{_by_hand(home, folder, name)}"
            )
        with writing_to(folder):
            os.replace(part, folder / file.name)
    finally:
        part.unlink(missing_ok=True)
    return folder / file.name


def _received(url: str, part: Path, file: RemoteFile) -> str:
    digest, received = hashlib.sha256(), 0
    with (
        urlopen(url, timeout=_TIMEOUT_SECONDS) as answer,
        progress_bar(f"downloading {file.name}") as show,
        part.open("wb") as target,
    ):
        while received <= file.size and (piece := answer.read(_PIECE)):
            target.write(piece)
            digest.update(piece)
            received += len(piece)
            show(received, file.size)
    return digest.hexdigest()


def _by_hand(home: Home, folder: Path, name: str) -> str:
    names = " and ".join(f"`{file.name}`" for file in home.files)
    return (
        f"Put {names} into `{folder}`, or pass a directory that holds them instead of the name `{name}`. "
        "`digits` needs no download."
    )
