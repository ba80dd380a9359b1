"""One argument opens everything: a name, a path, an array or a torch Dataset."""

import difflib
from pathlib import Path

import numpy as np
from torch.utils.data import Dataset

from equipoise.core.errors import DataError, SettingError
from equipoise.data.source import PointSource, Source, SourceLike
from equipoise.data.sources.arrays import open_array, open_array_file
from equipoise.data.sources.digits import open_digits
from equipoise.data.sources.folder import EXTENSIONS, open_folder
from equipoise.data.sources.idx import has_idx_files, open_idx
from equipoise.data.sources.mixtures import MIXTURES
from equipoise.data.sources.named import HOMES, open_named
from equipoise.data.sources.shards import open_shards, shards_in
from equipoise.data.sources.stacked_mnist import PREFIX, open_stacked_mnist
from equipoise.data.sources.torch_dataset import open_dataset

Opened = Source | PointSource

SOURCE_NAMES: tuple[str, ...] = ("digits", *HOMES, PREFIX, *MIXTURES)
"""The sources that have a name. A name wins over a folder of the same name; write `./digits` for the folder."""


def open_source(source: SourceLike) -> Opened:
    """Open `source`; raises DataError or SettingError that say what could be meant."""
    if isinstance(source, Source | PointSource):
        return source
    if isinstance(source, str):
        return _named(source) or _at_path(_expanded(Path(source)), source)
    if isinstance(source, Path):
        return _at_path(_expanded(source), str(source))
    if isinstance(source, np.ndarray):
        return open_array(source)
    if isinstance(source, Dataset):
        return open_dataset(source)
    raise SettingError(
        f"`source` is a {type(source).__name__}. Pass a name ({', '.join(SOURCE_NAMES)}), a path, "
        "a numpy array (`tensor.numpy()`), or a torch Dataset."
    )


def _expanded(path: Path) -> Path:
    try:
        return path.expanduser()
    except RuntimeError as error:  # `~name` of somebody this machine does not know
        raise DataError(f"There is no source `{path}`: {error} Write the path in full.") from error


def _named(name: str) -> Opened | None:
    if name == "digits":
        return open_digits()
    if name in HOMES:
        return open_named(name)
    if name in MIXTURES:
        return MIXTURES[name]()
    if name == PREFIX or name.startswith(f"{PREFIX}:"):
        _, _, folder = name.partition(":")
        if folder and not Path(folder).expanduser().is_dir():
            raise DataError(f"`{folder}` in `{name}` is no directory. Pass {PREFIX}:DIR with the idx files of MNIST.")
        return open_stacked_mnist(name)
    return None


def _at_path(path: Path, given: str) -> Opened:
    try:
        if path.is_dir():
            if shards_in(path):
                return open_shards(path)
            return open_idx(path) if has_idx_files(path) else open_folder(path)
        if not path.exists():
            raise _missing(path, given)
    except PermissionError as error:
        raise DataError(f"Cannot look at `{path}`: {error.strerror}. Check its permissions.") from error
    if path.suffix.lower() in (".npy", ".npz"):
        return open_array_file(path)
    if path.suffix.lower() == ".tar":
        return open_shards(path)
    raise DataError(f"`{path}` is a file of a kind that cannot be opened. {_file_advice(path)}")


def _file_advice(path: Path) -> str:
    if path.suffix.lower() in EXTENSIONS:
        return f"For a single picture there is nothing to learn from: pass its folder, `{path.parent}`."
    if path.name.lower().endswith((".zip", ".tgz", ".gz", ".xz", ".7z", ".rar")):
        return "Unpack it and pass the folder."
    return "Pass a folder of images, a directory of idx files or of tar shards, or an .npz or .npy array."


def _missing(path: Path, given: str) -> DataError:
    close = difflib.get_close_matches(given.lower(), SOURCE_NAMES, n=3, cutoff=0.6)
    if path.parent.is_dir():
        beside = [entry.name for entry in path.parent.iterdir()]
        close += [str(path.parent / name) for name in difflib.get_close_matches(path.name, beside, n=3, cutoff=0.6)]
    meant = f" Did you mean {' or '.join(f'`{name}`' for name in close)}?" if close else ""
    return DataError(
        f"There is no source `{given}`: it is no known name and nothing lies there.{meant} Pass one of "
        f"{', '.join(SOURCE_NAMES)}, a folder of images, a directory of idx files, or an .npz or .npy file."
    )
