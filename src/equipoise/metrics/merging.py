"""Streams of several processes made one."""

from typing import Any, Protocol, TypeVar

from equipoise.core.processes import Processes


class Mergeable(Protocol):
    """A stream that takes in what another of its kind has seen."""

    def merge(self, other: Any) -> None:
        """Take in `other`, which stays as it is."""
        ...


Stream = TypeVar("Stream", bound=Mergeable)


def merged_over_processes(stream: Stream, processes: Processes) -> Stream:
    """What all processes' streams have seen, the same in each of them: merged in the order of their ranks.

    `stream` itself stays as it is where there are several processes. All of them must call this at once.
    """
    first, *others = processes.all_of(stream)
    for other in others:
        first.merge(other)
    return first
