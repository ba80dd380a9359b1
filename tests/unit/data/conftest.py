from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

SHARED = Path(__file__).resolve().parents[3].parent / "shared" / "data"


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("EQUIPOISE_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def shared() -> Path:
    if not SHARED.is_dir():
        pytest.skip(f"no real data at {SHARED}")
    return SHARED


def noise(seed: int, width: int = 12, height: int = 12, mode: str = "RGB") -> Image.Image:
    shape = (height, width) if mode == "L" else (height, width, len(mode))
    return Image.fromarray(np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8))


@pytest.fixture
def random_picture() -> Callable[..., Image.Image]:
    return noise


@pytest.fixture
def photos(tmp_path) -> Callable[..., Path]:
    """Makes a folder of small random pictures: `photos(3)` or `photos({"cat": 2, "dog": 3})`."""

    def make(counts: int | dict[str, int], *, size: tuple[int, int] = (12, 12), mode: str = "RGB") -> Path:
        root = tmp_path / "photos"
        classes = {"": counts} if isinstance(counts, int) else counts
        seed = 0
        for name, count in classes.items():
            (root / name).mkdir(parents=True, exist_ok=True)
            for number in range(count):
                noise(seed, *size, mode).save(root / name / f"{number:03}.png")
                seed += 1
        return root

    return make
