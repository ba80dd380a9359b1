"""Processes that start again meet afresh, whatever dead ones have left in the store."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from torch.distributed import HashStore

from equipoise.core import meeting
from equipoise.core.errors import ProcessLost
from equipoise.core.meeting import meeting_place


def meet(store: HashStore, count: int) -> None:
    """All of `count` processes find what the first of them writes, and nothing that was written before."""
    with ThreadPoolExecutor(count) as pool:
        places = list(pool.map(lambda rank: meeting_place(store, rank=rank, count=count), range(count)))
    assert not places[0].check(["address"])
    places[0].set("address", "here")
    assert [place.get("address") for place in places] == [b"here"] * count


def test_every_start_has_a_place_of_its_own_in_the_same_store():
    store = HashStore()
    for _ in range(3):
        meet(store, 3)


def test_a_question_that_a_dead_process_left_does_not_mislead():
    store = HashStore()
    store.set("asked/1", "of one that was killed before it was answered")
    meet(store, 2)


def test_who_does_not_come_is_told(monkeypatch):
    monkeypatch.setattr(meeting, "PATIENCE", 0.05)
    with pytest.raises(ProcessLost, match="for some of the others to start"):
        meeting_place(HashStore(), rank=0, count=2)
    with pytest.raises(ProcessLost, match="for the first process to start"):
        meeting_place(HashStore(), rank=1, count=2)
