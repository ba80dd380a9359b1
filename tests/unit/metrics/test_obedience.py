import pytest
import torch

from equipoise.core.errors import SettingError
from equipoise.metrics import ObedienceCounts, label_obedience, wilson_interval


def labels(count: int, classes: int, seed: int) -> torch.Tensor:
    return torch.randint(classes, (count,), generator=torch.Generator().manual_seed(seed))


def test_obedience_is_counted_overall_and_by_class() -> None:
    asked, predicted = torch.tensor([0, 0, 0, 2, 2, 3]), torch.tensor([0, 1, 0, 2, 2, 0])
    found = label_obedience(predicted=predicted, asked=asked, classes=4)
    assert (found.share, found.samples) == (4 / 6, 6)
    assert found.interval == wilson_interval(4, 6)
    assert [(c.asked, c.obeyed, c.share) for c in found.by_class] == [(3, 2, 2 / 3), (0, 0, None), (2, 2, 1), (1, 0, 0)]
    assert [c.read_instead for c in found.by_class] == [1, None, None, 0]
    assert found.by_class[0].interval == wilson_interval(2, 3)
    assert found.by_class[1].interval is None


def test_a_generator_that_ignores_its_label_obeys_by_chance() -> None:
    asked = labels(4000, 5, 1)
    predicted = labels(4000, 2, 2)
    found = label_obedience(predicted=predicted, asked=asked, classes=5)
    assert found.chance == pytest.approx(0.2, abs=0.01)
    assert found.interval.low < found.chance < found.interval.high
    always = label_obedience(predicted=asked, asked=asked, classes=5)
    assert (always.share, always.chance) == (1.0, pytest.approx(0.2, abs=0.01))


def test_chance_knows_that_labels_are_asked_unevenly() -> None:
    asked, predicted = torch.tensor([0, 0, 0, 1]), torch.tensor([0, 0, 0, 0])
    found = label_obedience(predicted=predicted, asked=asked, classes=2)
    assert found.share == found.chance == 0.75


def test_asked_and_predicted_are_not_interchangeable() -> None:
    counts = ObedienceCounts(3)
    counts.update(predicted=torch.tensor([1, 1, 2]), asked=torch.tensor([0, 0, 1]))
    assert counts.table.tolist() == [[0, 2, 0], [0, 0, 1], [0, 0, 0]]


def test_counts_merged_from_parts_are_those_of_the_whole() -> None:
    asked, predicted = labels(100, 6, 1), labels(100, 6, 2)
    first, second = ObedienceCounts(6), ObedienceCounts(6)
    first.update(predicted=predicted[:30], asked=asked[:30])
    second.update(predicted=predicted[30:], asked=asked[30:])
    second.merge(first)
    assert second.compute() == label_obedience(predicted=predicted, asked=asked, classes=6)


def test_a_reader_cannot_change_the_counts() -> None:
    counts = ObedienceCounts(2)
    counts.update(predicted=torch.tensor([1]), asked=torch.tensor([1]))
    counts.table[0, 0] += 5
    assert counts.compute().samples == 1


def test_labels_that_cannot_be_are_refused() -> None:
    with pytest.raises(SettingError, match="`predicted` has 3 labels and `asked` 2"):
        label_obedience(predicted=labels(3, 2, 1), asked=labels(2, 2, 1), classes=2)
    with pytest.raises(SettingError, match="`predicted` holds 2"):
        label_obedience(predicted=torch.tensor([2]), asked=torch.tensor([0]), classes=2)
    with pytest.raises(SettingError, match="`asked` holds -1"):
        label_obedience(predicted=torch.tensor([0]), asked=torch.tensor([-1]), classes=2)
    with pytest.raises(SettingError, match="No samples were counted"):
        ObedienceCounts(2).compute()
    with pytest.raises(SettingError, match="2 and 3 classes"):
        ObedienceCounts(2).merge(ObedienceCounts(3))
