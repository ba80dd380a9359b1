"""Options that several commands share."""

import re
from typing import Annotated, Literal

from cyclopts import Parameter

from equipoise.core.errors import SettingError

Images = Annotated[int | None, Parameter(name="--images", help="Budget: real images shown to the discriminator.")]
Time = Annotated[str | None, Parameter(name="--time", help="Budget: training time, such as 90s, 10m or 2h30m.")]
Seed = Annotated[int, Parameter(name="--seed", help="The same seed gives the same result.")]
Checkpoint = Annotated[
    str, Parameter(name="--checkpoint", help="Which weights: last, or best by the distance to data.")
]

StopOn = Literal["never", "risk", "harm", "wiring"]
EngineChoice = Literal["auto", "eager", "fused", "compiled"]

_UNITS = {"h": 3600.0, "m": 60.0, "s": 1.0}


def seconds_in(text: str | None) -> float | None:
    """`90s`, `10m`, `2h30m` or plain seconds as seconds.

    Raises:
        SettingError: anything else.
    """
    if text is None:
        return None
    if re.fullmatch(r"\d+(\.\d+)?", text):
        return float(text)
    parts = re.findall(r"(\d+(?:\.\d+)?)([hms])", text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        raise SettingError(f"`--time` is {text!r}. Write it as 90s, 10m or 2h30m.")
    return sum(float(number) * _UNITS[unit] for number, unit in parts)


def which_checkpoint(text: str) -> str:
    """`last` or `best`.

    Raises:
        SettingError: anything else.
    """
    if text not in ("last", "best"):
        raise SettingError(f"`--checkpoint` is {text!r}. There are: last, best.")
    return text
