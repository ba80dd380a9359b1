"""What all tests share: a cache of their own, one thread (two test processes share two cores), small real data."""

import os
from pathlib import Path

import pytest
import torch

REPOSITORY = Path(__file__).parents[1]
REAL_DATA = REPOSITORY.parent / "shared" / "data"


@pytest.fixture(autouse=True, scope="session")
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> None:
    os.environ["EQUIPOISE_CACHE"] = str(tmp_path_factory.mktemp("cache"))
    torch.set_num_threads(1)
