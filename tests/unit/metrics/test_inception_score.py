import math

import numpy as np
import pytest
import torch

from equipoise.core.errors import SettingError
from equipoise.metrics import InceptionScoreStream, inception_score, inception_score_of_logits


def draw(count: int, classes: int, seed: int) -> torch.Tensor:
    logits = torch.randn(count, classes, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    return (3 * logits).softmax(dim=1)


def naive(probabilities: torch.Tensor, splits: int) -> list[float]:
    rows, count = probabilities.numpy(), len(probabilities)
    scores = []
    for split in range(splits):
        part = rows[split * count // splits : (split + 1) * count // splits]
        marginal = part.mean(axis=0)
        scores.append(math.exp(np.mean([sum(p * math.log(p / m) for p, m in zip(r, marginal)) for r in part])))  # noqa: B905
    return scores


@pytest.mark.parametrize(("count", "splits"), [(100, 10), (103, 10), (37, 1), (12, 12)])
def test_it_agrees_with_a_loop_over_consecutive_splits(count: int, splits: int) -> None:
    probabilities = draw(count, 4, count)
    scores = naive(probabilities, splits)
    found = inception_score(probabilities, splits=splits)
    assert found.value == pytest.approx(np.mean(scores), rel=1e-10)
    assert found.standard_deviation == pytest.approx(np.std(scores), abs=1e-10)
    if splits > 1:
        assert found.standard_error == pytest.approx(np.std(scores, ddof=1) / math.sqrt(splits), abs=1e-10)
    else:
        assert found.standard_error is None


def test_certain_and_even_predictions_score_the_number_of_classes() -> None:
    assert inception_score(torch.eye(5).repeat(20, 1), splits=4).value == pytest.approx(5.0)
    assert inception_score(torch.full((40, 5), 0.2), splits=4).value == pytest.approx(1.0, rel=1e-6)
    assert inception_score(torch.eye(5)[:1].repeat(40, 1), splits=4).value == pytest.approx(1.0)


def test_logits_far_apart_are_certain_predictions() -> None:
    logits = torch.eye(3).repeat(10, 1) * 2000
    assert inception_score_of_logits(logits, splits=1).value == pytest.approx(3.0)
    uneven = torch.randn(50, 4, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    assert inception_score_of_logits(uneven) == inception_score(uneven.softmax(dim=1))


def test_a_stream_merged_over_processes_is_the_stream_of_one() -> None:
    probabilities, whole = draw(101, 4, 1), InceptionScoreStream(classes=4, splits=3)
    whole.update(probabilities)
    parts = [InceptionScoreStream(classes=4, splits=3) for _ in range(2)]
    for rank, stream in enumerate(parts):
        numbers = torch.arange(rank, 101, 2)
        for chosen in numbers.split(8):
            stream.update(probabilities[chosen], numbers=chosen)
    parts[1].merge(parts[0])
    merged = parts[1].compute()
    assert merged.count == 101
    assert merged.value == pytest.approx(whole.compute().value, rel=1e-12)
    assert merged.standard_deviation == pytest.approx(whole.compute().standard_deviation, rel=1e-9)


def test_batches_count_on_by_themselves() -> None:
    probabilities = draw(60, 4, 2)
    whole, batches = InceptionScoreStream(classes=4, splits=7), InceptionScoreStream(classes=4, splits=7)
    whole.update(probabilities)
    for batch in probabilities.split(11):
        batches.update(batch)
    assert batches.compute().value == pytest.approx(whole.compute().value, rel=1e-12)


def test_a_single_split_of_a_stream_is_the_function() -> None:
    probabilities, stream = draw(60, 4, 3), InceptionScoreStream(classes=4, splits=1)
    stream.update(probabilities)
    assert stream.compute().value == pytest.approx(inception_score(probabilities, splits=1).value, rel=1e-12)


def test_a_softmax_in_half_precision_is_accepted() -> None:
    probabilities = draw(60, 10, 4)
    found = inception_score(probabilities.bfloat16())
    assert found.value == pytest.approx(inception_score(probabilities).value, rel=1e-2)


def test_rows_that_sum_to_nearly_one_are_scaled_to_one() -> None:
    probabilities = draw(60, 10, 5)
    found = inception_score(probabilities * torch.linspace(0.995, 1.005, 60).double()[:, None])
    assert found.value == pytest.approx(inception_score(probabilities).value, rel=1e-12)


def test_what_is_no_probability_is_refused() -> None:
    with pytest.raises(SettingError, match="inception_score_of_logits"):
        inception_score(torch.randn(20, 4, generator=torch.Generator().manual_seed(1)))
    with pytest.raises(SettingError, match=r"sum to 0\.9\.\.0\.9"):
        inception_score(draw(20, 4, 1) * 0.9)
    with pytest.raises(SettingError, match="0 or more"):
        inception_score(torch.tensor([[1.5, -0.5]]), splits=1)
    with pytest.raises(SettingError, match="not finite"):
        inception_score_of_logits(torch.tensor([[0.0, float("nan")]]), splits=1)


def test_too_few_samples_or_unlike_streams_are_refused() -> None:
    with pytest.raises(SettingError, match="`splits` = 10"):
        inception_score(draw(9, 4, 1))
    with pytest.raises(SettingError, match="`splits` is 0"):
        inception_score(draw(9, 4, 1), splits=0)
    stream = InceptionScoreStream(classes=4)
    with pytest.raises(SettingError, match=r"\(10, 4\) and \(10, 5\)"):
        stream.merge(InceptionScoreStream(classes=5))
    with pytest.raises(SettingError, match="`numbers` has 8 entries for 9"):
        stream.update(draw(9, 4, 1), numbers=torch.arange(8))
    with pytest.raises(SettingError, match="`numbers` holds -2"):
        stream.update(draw(2, 4, 1), numbers=torch.tensor([-2, 0]))
    with pytest.raises(SettingError, match="5 classes, but the stream has 4"):
        stream.update(draw(9, 5, 1))
