"""Calling somebody else's gradient penalty, whatever its signature, and with another discriminator in place."""

import inspect
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from equipoise.core.errors import SettingError
from equipoise.probes.active.players import SEED, Players
from equipoise.probes.active.snapshot import as_it_was

Penalty = Callable[..., object]
Score = Callable[[Tensor], Tensor]
_NAMES = {
    "real": r".*real.*|x|data|images?|samples?|.*true.*",
    "fake": r".*fake.*|.*gen(erated)?(_.*)?|x_?hat|x_tilde",
    "discriminator": r"d|c|f|net_?d|dis.*|.*critic.*|.*discriminator.*|d_?net|model|net",
    "score": r"score(_function)?",
    "labels": r"y|.*labels?|.*class(es)?|cond.*",
    "device": r"device",
    "rng": r"rng",
}
_ORDERS = (
    ("discriminator", "real", "fake"),
    ("discriminator", "real", "fake", "device"),
    ("discriminator", "real", "fake", "labels"),
    ("discriminator", "real"),
    ("real", "fake", "discriminator"),
    ("real", "fake"),
    ("real",),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class PenaltyCall:
    """The user's penalty with its arguments in the order that it takes."""

    penalty: Penalty
    players: Players
    roles: tuple[str, ...]
    by_keyword: tuple[str, ...] = ()

    def __call__(self, real: Tensor, fake: Tensor) -> Tensor:
        """The penalty's mean value, with its graph."""
        arguments = _arguments(self.players, real, fake)
        names = self.by_keyword or ("",) * len(self.roles)
        positional = [arguments[role] for role, name in zip(self.roles, names, strict=True) if not name]
        keywords = {name: arguments[role] for role, name in zip(self.roles, names, strict=True) if name}
        return _value(self.penalty(*positional, **keywords))


def penalty_call(penalty: Penalty, players: Players) -> PenaltyCall:
    """Find out how to call it: by the names of its parameters if they say so, otherwise by trying the usual orders.

    Raises:
        SettingError: nothing worked; the message names what was tried.
    """
    candidates = [call for call in (_by_names(penalty, players),) if call is not None]
    candidates += [PenaltyCall(penalty=penalty, players=players, roles=roles) for roles in _ORDERS]
    tried: list[str] = []
    for call in candidates:
        failure = _failure(call)
        if failure is None:
            return call
        tried.append(f"({', '.join(call.roles)}): {failure}")
    raise SettingError(
        "`penalty` could not be called. Wrap it in a function of (discriminator, real, fake). Tried " + "; ".join(tried)
    )


@contextmanager
def replaced_critic(players: Players, score: Score) -> Iterator[list[Tensor]]:
    """Let the discriminator return `score(samples)` in its own shape; yields the samples at which it was asked."""
    asked: list[Tensor] = []
    like = _output_like(players)
    width = players.real[0].numel()

    def forward(*args: object, **kwargs: object) -> object:
        given = [item for item in (*args, *kwargs.values()) if isinstance(item, Tensor) and item.is_floating_point()]
        samples = next(item for item in given if item.numel() == len(item) * width)
        asked.append(samples)
        scores = score(samples)
        tail = like.shape[1:]
        shaped = scores.reshape(len(scores), *[1] * len(tail)).expand(len(scores), *tail)
        return shaped / max(1, tail.numel())  # a patch map's scores add up to the sample's

    with as_it_was(()), _forward_of(players.discriminator, forward):
        yield asked


@contextmanager
def steepened(players: Players, factor: float) -> Iterator[None]:
    """Let the discriminator's scores be as many times as steep: a one-sided penalty says nothing to a flat one."""
    forward = players.discriminator.forward

    def steep(*args: object, **kwargs: object) -> object:
        output = forward(*args, **kwargs)
        if isinstance(output, tuple | list):
            return type(output)([output[0] * factor, *output[1:]])
        return output * factor

    with _forward_of(players.discriminator, steep):
        yield


@contextmanager
def _forward_of(module: nn.Module, forward: Callable[..., object]) -> Iterator[None]:
    """Another forward pass for a while, also where it is called by that name."""
    own = vars(module).get("forward")
    vars(module)["forward"] = forward
    try:
        yield
    finally:
        del vars(module)["forward"]
        if own is not None:
            vars(module)["forward"] = own


def planted_samples(players: Players, *, seed: int = SEED) -> tuple[Tensor, Tensor]:
    """Reals and fakes of noise, so that no two of their values are alike."""
    generator = torch.Generator().manual_seed(seed)
    first, second = (torch.rand(players.real.shape, generator=generator) * 2 - 1 for _ in range(2))
    return first.to(players.real), second.to(players.real)


def _failure(call: PenaltyCall) -> str | None:
    """Why it cannot be called like that; None if it can."""
    with as_it_was(call.players.both), torch.enable_grad():
        try:
            call(*planted_samples(call.players))
        except Exception as error:  # whatever a stranger's function raises, it goes into the message
            return f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"
    return None


def _by_names(penalty: Penalty, players: Players) -> PenaltyCall | None:
    try:
        parameters = inspect.signature(penalty).parameters.values()
    except ValueError:
        return None
    kinds = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    needed = [p for p in parameters if p.default is p.empty and p.kind not in kinds]
    roles = [_role(p.name) for p in needed]
    if None in roles or len(set(roles)) != len(roles) or not needed:
        return None
    keywords = tuple(p.name if p.kind is p.KEYWORD_ONLY else "" for p in needed)
    return PenaltyCall(
        penalty=penalty, players=players, roles=tuple(role for role in roles if role), by_keyword=keywords
    )


def _role(name: str) -> str | None:
    """`real` before `discriminator`: `d_real` is a sample."""
    for role in ("fake", "real", "discriminator", "score", "labels", "device", "rng"):
        if re.fullmatch(_NAMES[role], name, re.IGNORECASE):
            return role
    return None


def _arguments(players: Players, real: Tensor, fake: Tensor) -> dict[str, object]:
    def score(samples: Tensor) -> Tensor:
        return players.scores(samples, players.labels)

    return {
        "real": real,
        "fake": fake,
        "discriminator": players.discriminator,
        "score": score,
        "labels": players.labels,
        "device": real.device,
        "rng": torch.Generator(device=real.device).manual_seed(int(torch.randint(1 << 31, ()).item())),
    }


def _value(returned: object) -> Tensor:
    found = returned[0] if isinstance(returned, tuple | list) and returned else returned
    if not isinstance(found, Tensor):
        found = getattr(found, "values", found)  # a reading of equipoise.constraints
    if not isinstance(found, Tensor):
        raise TypeError(f"it returned a {type(returned).__name__}, not a tensor")
    return found.mean()


def _output_like(players: Players) -> Tensor:
    with as_it_was([players.discriminator]), torch.no_grad():
        return players.output(players.real, players.labels)


def gradients_of(value: Tensor, of: Sequence[nn.Parameter | Tensor]) -> list[Tensor]:
    """Those that exist."""
    found = torch.autograd.grad(value, list(of), allow_unused=True)
    return [gradient for gradient in found if gradient is not None]
