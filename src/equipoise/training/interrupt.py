"""Stopping politely: Ctrl-C and SIGTERM ask the loop to finish its step and save."""

import signal
import threading
from types import FrameType


class StopRequest:
    """Inside the `with` block the first signal only sets `requested`; a second Ctrl-C interrupts at once.

    Signals can be caught in the main thread alone; in any other thread the block changes nothing.
    """

    def __init__(self) -> None:
        self.requested = False
        self._previous: dict[int, object] = {}

    def __enter__(self) -> "StopRequest":
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGINT, signal.SIGTERM):
                self._previous[number] = signal.signal(number, self._on_signal)
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._previous.items():
            signal.signal(number, handler)  # type: ignore[arg-type]

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        if self.requested and number == signal.SIGINT:
            raise KeyboardInterrupt
        self.requested = True
