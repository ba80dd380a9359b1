"""Records as plain tensors and back: for graphs, which know nothing else, and for exchange between processes."""

from collections.abc import Sequence
from typing import TypeVar

import torch
from torch import Tensor

from equipoise.core.processes import Processes
from equipoise.core.steps import DiscriminatorRecord, GeneratorRecord, PenaltyRecord

Record = DiscriminatorRecord | GeneratorRecord
Kind = TypeVar("Kind", DiscriminatorRecord, GeneratorRecord)


def tensors_of(record: Record) -> list[Tensor]:
    """All that a record holds, in a fixed order."""
    if isinstance(record, GeneratorRecord):
        return [record.fake_logits, record.loss, *([] if record.mode_seeking is None else [record.mode_seeking])]
    penalties = [tensor for penalty in record.penalties for tensor in (penalty.value, penalty.gradient_norm)]
    return [record.real_logits, record.fake_logits, record.loss, *penalties]


def record_like(shape: Record, values: Sequence[Tensor]) -> Record:
    """A record of the kind of `shape` from its tensors."""
    if isinstance(shape, GeneratorRecord):
        return GeneratorRecord(
            fake_logits=values[0], loss=values[1], mode_seeking=values[2] if len(values) > 2 else None
        )
    penalties = tuple(
        PenaltyRecord(name=penalty.name, value=values[3 + 2 * index], gradient_norm=values[4 + 2 * index])
        for index, penalty in enumerate(shape.penalties)
    )
    return DiscriminatorRecord(real_logits=values[0], fake_logits=values[1], loss=values[2], penalties=penalties)


def gathered_records(record: Kind, processes: Processes) -> list[Kind]:
    """What each process saw at the same step, in the order of their ranks, in all of them: one exchange."""
    tensors = tensors_of(record)
    rows = processes.gathered(torch.cat([tensor.reshape(-1).float() for tensor in tensors]))
    sizes = [tensor.numel() for tensor in tensors]
    found = []
    for row in rows:
        pieces = [piece.view(tensor.shape) for piece, tensor in zip(row.split(sizes), tensors, strict=True)]
        made = record_like(record, pieces)
        assert isinstance(made, type(record))
        found.append(made)
    return found
