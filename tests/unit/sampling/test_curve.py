import numpy as np
import pytest

from equipoise.core.errors import SettingError
from equipoise.sampling import Curve, curves_picture
from equipoise.sampling.curve import COLOURS


def pixels_of(curve: Curve, colour: tuple[int, int, int] = COLOURS[0]) -> tuple[np.ndarray, np.ndarray]:
    picture = np.asarray(curves_picture([curve], title="fid", size=(400, 300)))
    rows, columns = np.nonzero((picture[45:] == colour).all(axis=-1))
    return rows + 45, columns


def test_a_curve_that_falls_is_drawn_from_the_upper_left_to_the_lower_right() -> None:
    rows, columns = pixels_of(Curve(name="a", positions=[0.0, 1000.0], values=[10.0, 1.0]))
    assert rows[columns.argmin()] < rows[columns.argmax()] - 150


def test_a_band_is_drawn_about_its_curve() -> None:
    plain = Curve(name="a", positions=[0.0, 10.0], values=[5.0, 5.0])
    banded = Curve(name="a", positions=[0.0, 10.0], values=[5.0, 5.0], low=[4.0, 4.0], high=[6.0, 6.0])
    without, with_band = (np.asarray(curves_picture([one], title="t")) for one in (plain, banded))
    pale = tuple(round(255 * 0.8 + part * 0.2) for part in COLOURS[0])
    assert not (without == pale).all(axis=-1).any()
    assert (with_band == pale).all(axis=-1).sum() > 1000


@pytest.mark.parametrize("values", [[1.0], [2.0, 2.0, 2.0], [-1.0, 3.0], [1e-9, 1e9]])
def test_any_finite_values_can_be_drawn(values: list[float]) -> None:
    positions = [float(number) for number in range(len(values))]
    assert len(pixels_of(Curve(name="a", positions=positions, values=values))[0]) > 0


def test_what_is_not_finite_is_refused() -> None:
    with pytest.raises(SettingError, match="finite"):
        curves_picture([Curve(name="a", positions=[0.0], values=[float("nan")])], title="t")
