import numpy as np
import pytest
import torch

from equipoise.core.errors import SettingError
from equipoise.data import PointStore, inspect_source, prepare
from equipoise.data.sources.mixtures import grid_25, ring_8, swiss_roll


@pytest.mark.parametrize(("make", "modes", "deviation"), [(ring_8, 8, 0.01), (grid_25, 25, 0.05)])
def test_points_lie_about_the_centres_they_were_drawn_from(make, modes, deviation):
    source = make()
    assert source.points().shape == (50_000, 2)
    offsets = source.points() - source.mixture.centres[source.modes()]
    assert offsets.std() == pytest.approx(deviation, rel=0.02)
    assert np.abs(offsets).max() < 6 * deviation
    shares = np.bincount(source.modes(), minlength=modes) / 50_000
    np.testing.assert_allclose(shares, 1 / modes, rtol=0.12)


def test_ring_has_radius_one_and_grid_spacing_two():
    np.testing.assert_allclose(np.linalg.norm(ring_8().mixture.centres, axis=1), 1, rtol=1e-6)
    assert sorted({float(x) for x in grid_25().mixture.centres[:, 0]}) == [-4, -2, 0, 2, 4]


def test_same_seed_same_points_other_seed_other_points():
    np.testing.assert_array_equal(ring_8(100, seed=1).points(), ring_8(100, seed=1).points())
    assert not np.array_equal(ring_8(100, seed=1).points(), ring_8(100, seed=2).points())


def test_swiss_roll_winds_outwards_and_has_no_modes():
    source = swiss_roll(2000)
    radii = np.linalg.norm(source.points(), axis=1)
    assert radii.min() == pytest.approx(1.5 * np.pi / 7.5, abs=0.15)
    assert radii.max() == pytest.approx(4.5 * np.pi / 7.5, abs=0.15)
    assert source.mixture is None


def test_point_store_keeps_points_modes_and_mixture():
    store = prepare("ring-8")
    assert isinstance(store, PointStore)
    assert store.sample_shape == (2,)
    points, labels = store.batch(torch.tensor([3, 1]))
    assert points.dtype == torch.float32
    assert labels is None
    centres = torch.from_numpy(store.mixture.centres)[store.modes[[3, 1]]]
    assert (points - centres).abs().max() < 0.06


def test_points_have_no_size():
    with pytest.raises(SettingError, match="size"):
        prepare("grid-25", size=32)


def test_points_are_inspected_too():
    report = inspect_source("ring-8")
    assert (report.kind, report.count) == ("points", 50_000)
    assert report.value_range[1] == pytest.approx(1.0, abs=0.06)
