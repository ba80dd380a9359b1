"""The published Inception weights: where they come from, how they are checked, and what to do without them."""

import hashlib
import os
import pickle
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import torch
from torch import Tensor, nn

from equipoise.core.errors import DataError, SettingError
from equipoise.data import ShowProgress, cache_folder
from equipoise.data.progress import progress_bar

_PIECE = 1 << 16
_TIMEOUT_SECONDS = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class RemoteWeights:
    """A file on the network, and what it must weigh and hash to."""

    name: str
    url: str
    size: int
    sha256: str


PUBLISHED = RemoteWeights(
    name="pt_inception-2015-12-05-6726825d.pth",
    url="https://github.com/mseitzer/pytorch-fid/releases/download/fid_weights/pt_inception-2015-12-05-6726825d.pth",
    size=95_628_359,
    sha256="6726825d0af5f729cebd5821db510b11b1cfad8faad88a03f1befd49fb9129b2",
)
"""The graph inception-2015-12-05 as PyTorch tensors, by the authors of pytorch-fid; torch-fidelity hands out the same.

Size and hash are those that several public projects record for it.
"""

INSTEAD = (
    "Without it, measure with `--features classifier` (data with classes) or `--features pixels`: such distances "
    "compare your own runs with each other, not with published scores."
)


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class InceptionWeights:
    """Tensors by name, and the SHA-256 of the file they came from."""

    path: Path
    digest: str
    tensors: Mapping[str, Tensor]

    def fill(self, network: nn.Module) -> None:
        """Put them into `network`, whose `num_batches_tracked` counters some files leave out.

        Raises:
            SettingError: a tensor is missing, unknown or of another shape.
        """
        counters = {name: value for name, value in network.state_dict().items() if name.endswith("num_batches_tracked")}
        try:
            network.load_state_dict({**counters, **self.tensors})
        except RuntimeError as error:
            raise SettingError(
                f"`--weights` {self.path} does not fit Inception-v3 in its FID form: {_first_lines(error)} "
                f"Use {PUBLISHED.name} (SHA-256 {PUBLISHED.sha256})."
            ) from error


def cached_weights() -> Path:
    """Where the published file is looked for and downloaded to."""
    return cache_folder() / "weights" / PUBLISHED.name


def find_weights(
    given: Path | None = None, *, remote: RemoteWeights = PUBLISHED, progress: ShowProgress | None = None
) -> InceptionWeights:
    """The file `given`, else the one in the cache, else a download of `remote`, checked by its SHA-256.

    Raises:
        SettingError: `given` is missing or no plain weights file.
        DataError: nothing in the cache and no download, or what came has another hash; the message says what to do.
    """
    if given is not None:
        return read_weights(given)
    path = cached_weights()
    if not path.exists():
        _download(remote, path, progress)
    weights = read_weights(path)
    if weights.digest != remote.sha256:
        raise DataError(f"{path} has SHA-256 {weights.digest}, not {remote.sha256}: delete it. {by_hand(remote)}")
    return weights


def read_weights(path: Path) -> InceptionWeights:
    """A plain state dict. Files that would run code while they are read (pickled modules, TorchScript) are refused.

    Raises:
        SettingError: no such file, or not a dict of tensors.
    """
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        tensors = torch.load(path, map_location="cpu", weights_only=True)
    except OSError as error:
        raise SettingError(f"`--weights` {path} cannot be read: {error.strerror}. {by_hand(PUBLISHED)}") from error
    except (RuntimeError, pickle.UnpicklingError, EOFError, ValueError) as error:
        raise SettingError(
            f"`--weights` {path} is no plain weights file: {_first_lines(error)} A TorchScript file "
            f"(inception-2015-12-05.pt) runs code of its own and is not opened. {by_hand(PUBLISHED)}"
        ) from error
    if not isinstance(tensors, dict) or not all(isinstance(value, Tensor) for value in tensors.values()):
        raise SettingError(f"`--weights` {path} holds no dict of tensors. {by_hand(PUBLISHED)}")
    return InceptionWeights(path=path, digest=digest, tensors=tensors)


def by_hand(remote: RemoteWeights) -> str:
    """What a person without a network can do."""
    return (
        f"Get {remote.name} ({remote.size:,} bytes, SHA-256 {remote.sha256}) from {remote.url} and put it into "
        f"{cached_weights().parent}, or pass it with `--weights FILE`. {INSTEAD}"
    )


def _download(remote: RemoteWeights, path: Path, progress: ShowProgress | None) -> None:
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        found = _received(remote, part, progress)
        if found != remote.sha256:
            raise DataError(f"{remote.url} has SHA-256 {found}: nothing was kept. {by_hand(remote)}")
        os.replace(part, path)
    except OSError as error:  # URLError, timeouts and full disks are all of this kind
        reason = error.reason if isinstance(error, URLError) else error
        raise DataError(
            f"The Inception weights are not in the cache, and cannot be fetched: {reason}. {by_hand(remote)}"
        ) from error
    finally:
        part.unlink(missing_ok=True)


def _received(remote: RemoteWeights, part: Path, progress: ShowProgress | None) -> str:
    digest, received = hashlib.sha256(), 0
    with (
        urlopen(remote.url, timeout=_TIMEOUT_SECONDS) as answer,
        progress_bar(f"downloading {remote.name}", progress) as show,
        part.open("wb") as target,
    ):
        while received <= remote.size and (piece := answer.read(_PIECE)):
            target.write(piece)
            digest.update(piece)
            received += len(piece)
            show(received, remote.size)
    return digest.hexdigest()


def _first_lines(error: Exception) -> str:
    return " ".join(str(error).split())[:200].rstrip(".") + "."
