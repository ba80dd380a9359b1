"""The shared vocabulary."""

from pathlib import Path

import pytest
import torch
from torch import nn

from equipoise.core import errors
from equipoise.core.calling import generated, score_function, scored
from equipoise.core.layout import RunLayout
from equipoise.core.randomness import (
    derived_seed,
    global_random_state,
    restore_global_random_state,
    seeded_generator,
)
from equipoise.core.records import Finding, Severity, Signal


def test_a_derived_seed_is_fixed_by_seed_and_purpose_and_fits_torch():
    assert derived_seed(0, 1, 2) == derived_seed(0, 1, 2)
    assert len({derived_seed(0, *purpose) for purpose in ((1,), (2,), (1, 0), (0, 1), (1, 1), (3, 1))}) == 6
    assert all(0 <= derived_seed(seed, purpose) < 2**63 for seed in (-1, 0, 2**64) for purpose in (0, 2**70))


def test_two_seeds_share_no_derived_seed():
    seeds = {derived_seed(seed, purpose) for seed in range(10) for purpose in range(10)}
    assert len(seeds) == 100


def test_neighbouring_seeds_give_unrelated_streams():
    draws = torch.stack([torch.randn(4096, generator=seeded_generator(derived_seed(seed, 1))) for seed in range(4)])
    correlation = torch.corrcoef(draws) - torch.eye(4)
    assert correlation.abs().max() < 0.08


def test_a_stream_of_ones_own_is_not_shifted_by_others():
    expected = torch.randn(3, generator=seeded_generator(5))
    stream = seeded_generator(5)
    torch.randn(100)
    assert torch.equal(torch.randn(3, generator=stream), expected)


def test_the_global_streams_are_put_back_as_they_were():
    states = global_random_state()
    expected = torch.randn(3)
    restore_global_random_state(states)
    assert torch.equal(torch.randn(3), expected)


class TakesLatentsAlone(nn.Module):
    def forward(self, latents: torch.Tensor) -> torch.Tensor:
        return latents


class TakesLabels(nn.Module):
    def forward(self, samples: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        return (samples.sum(dim=1) + labels).unsqueeze(1)


def test_a_network_without_classes_is_never_handed_labels():
    latents = torch.ones(2, 3)
    assert torch.equal(generated(TakesLatentsAlone(), latents, None), latents)
    with pytest.raises(TypeError):
        generated(TakesLatentsAlone(), latents, torch.tensor([0, 1]))


def test_logits_are_flat_and_a_score_function_has_its_labels_already():
    samples, labels = torch.ones(2, 3), torch.tensor([0, 1])
    assert scored(TakesLabels(), samples, labels).tolist() == [3.0, 4.0]
    assert score_function(TakesLabels(), labels)(samples).tolist() == [3.0, 4.0]


@pytest.mark.parametrize(
    "name", ["SettingError", "DataError", "NetworkError", "CheckpointError", "RunFolderError", "NotEnoughMemory"]
)
def test_every_error_a_user_meets_is_of_one_family(name):
    kind = getattr(errors, name)
    assert issubclass(kind, errors.EquipoiseError)
    assert name in errors.__doc__


def test_a_wrong_setting_is_a_value_error_too():
    assert issubclass(errors.SettingError, ValueError)


def test_pictures_sort_by_the_images_seen():
    layout = RunLayout(Path("run"))
    paths = [layout.picture(images) for images in (5, 10, 900, 123_456_789)]
    assert paths == sorted(paths)
    assert str(paths[0]) == "run/samples/000000000005.png"


def test_records_cannot_be_changed_and_severities_go_from_worst_to_best():
    signal = Signal(name="a/b", value=1.0, images=2)
    with pytest.raises(AttributeError):
        signal.value = 2.0
    assert Finding(name="x", severity=Severity.HARM, symptom="x").remedies == ()
    assert list(Severity) == ["wiring", "harm", "risk", "note", "reassurance"]
