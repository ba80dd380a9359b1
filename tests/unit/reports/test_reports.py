"""What a person looks at: pictures of the right shape, and a journal that is read while it is written."""

import json

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from equipoise.core.errors import RunFolderError, SettingError
from equipoise.core.layout import RunLayout
from equipoise.data import open_source
from equipoise.recipes import TrainedGenerator
from equipoise.reports import newest_picture, read_history
from equipoise.reports.data import describe_data, report_text
from equipoise.reports.samples import write_samples
from equipoise.reports.walks import write_walk


class Painter(nn.Module):
    """Paints each class in its own grey, brighter with the first latent; blends classes by weight."""

    def __init__(self, *sample: int) -> None:
        super().__init__()
        self.sample = sample

    def forward(self, latents: torch.Tensor, labels: torch.Tensor | None = None) -> torch.Tensor:
        shade = latents[:, 0].tanh() / (2 if labels is None else 100)
        if labels is not None:
            shade = shade + (labels.float() if labels.ndim == 1 else labels @ torch.arange(labels.shape[1]).float()) / 4
        return shade.view(-1, *[1] * len(self.sample)).expand(-1, *self.sample)


def painter(*sample, classes=()):
    return TrainedGenerator(module=Painter(*sample).eval(), latent_dim=2, sample_shape=sample, classes=classes)


CLASSES = ("cat", "dog/wolf", "owl")
TILE = 32 * 2 + 2  # 32 pixels enlarged to 64, and the gap beside


def size(path):
    with Image.open(path) as picture:
        return picture.size


# ---- samples


def test_without_classes_a_grid_is_nearly_square(tmp_path):
    said = write_samples(painter(1, 32, 32), tmp_path / "s.png", n=10, label=None, seed=0)
    assert said == f"10 samples: {tmp_path / 's.png'}"
    assert size(tmp_path / "s.png") == (4 * TILE + 2, 3 * TILE + 2)


@pytest.mark.parametrize(("n", "columns"), [(1, 1), (4, 2), (5, 3), (9, 3)])
def test_the_number_of_columns_is_the_root_rounded_up(tmp_path, n, columns):
    write_samples(painter(1, 32, 32), tmp_path / "s.png", n=n, label=None, seed=0)
    assert size(tmp_path / "s.png")[0] == columns * TILE + 2


def test_classes_of_equal_shares_get_a_row_each_with_their_names(tmp_path):
    write_samples(painter(1, 32, 32, classes=CLASSES), tmp_path / "s.png", n=12, label=None, seed=0)
    width, height = size(tmp_path / "s.png")
    assert height == 3 * TILE + 2
    assert width > 4 * TILE + 2  # the names stand in the margin


def test_a_folder_gets_a_file_a_sample_at_its_own_size_named_by_number_and_class(tmp_path):
    said = write_samples(painter(3, 32, 32, classes=CLASSES), tmp_path / "new" / "s", n=3, label=None, seed=0)
    assert said == f"3 samples: {tmp_path / 'new' / 's'}/"
    names = sorted(path.name for path in (tmp_path / "new" / "s").iterdir())
    assert names == ["00000-cat.png", "00001-dog_wolf.png", "00002-owl.png"]
    assert {size(tmp_path / "new" / "s" / name) for name in names} == {(32 + 4, 32 + 4)}


def test_without_classes_the_files_have_only_numbers(tmp_path):
    write_samples(painter(1, 8, 8), tmp_path / "s", n=2, label=None, seed=0)
    assert sorted(path.name for path in (tmp_path / "s").iterdir()) == ["00000.png", "00001.png"]


def test_points_are_scattered(tmp_path):
    said = write_samples(painter(2), tmp_path / "s.png", n=50, label=None, seed=0)
    assert said.startswith("50 points")
    assert size(tmp_path / "s.png") == (480, 480)


def test_the_class_asked_for_is_the_class_that_is_drawn(tmp_path):
    greys = []
    for label in CLASSES:
        write_samples(painter(1, 8, 8, classes=CLASSES), tmp_path / "s", n=1, label=[label], seed=0)
        (path,) = (tmp_path / "s").glob(f"*{label[:3]}*")
        with Image.open(path) as picture:
            greys.append(np.asarray(picture)[4, 4])
    assert greys == sorted(greys)
    assert greys[0] < greys[2]


def test_a_place_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    for out in (tmp_path / "file" / "s.png", tmp_path / "file"):
        with pytest.raises(RunFolderError, match=f"Cannot write {out}"):
            write_samples(painter(1, 8, 8), out, n=1, label=None, seed=0)


# ---- walks


def frames(path):
    with Image.open(path) as animation:
        return animation.n_frames


def test_a_walk_between_latents_is_a_strip_with_a_row_a_walk(tmp_path):
    said = write_walk(painter(1, 32, 32), tmp_path / "w.png", rows=3, steps=5, label=[], seed=0)
    assert said == f"3 walks of 5 pictures: {tmp_path / 'w.png'}"
    assert size(tmp_path / "w.png") == (5 * TILE + 2, 3 * TILE + 2)


def test_an_animation_goes_there_and_back(tmp_path):
    write_walk(painter(1, 32, 32), tmp_path / "w.gif", rows=1, steps=5, label=[], seed=0)
    assert frames(tmp_path / "w.gif") == 5 + 3
    assert size(tmp_path / "w.gif") == (TILE + 2, TILE + 2)


def test_a_walk_from_class_to_class_has_a_leg_for_each_pair_and_brightens(tmp_path):
    generator = painter(1, 32, 32, classes=CLASSES)
    said = write_walk(generator, tmp_path / "w.png", rows=2, steps=4, label=list(CLASSES), seed=0)
    assert said.startswith("2 walks of 7 pictures")
    with Image.open(tmp_path / "w.png") as picture:
        row = np.asarray(picture)[10, 10::TILE].tolist()
    assert len(row) == 7  # the picture where two legs meet is there once
    assert row == sorted(set(row))
    assert row[0] < row[-1]


def test_points_walk_too(tmp_path):
    write_walk(painter(2), tmp_path / "w.gif", rows=2, steps=3, label=[], seed=0)
    assert size(tmp_path / "w.gif") == (480, 480)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"rows": 0}, "`rows` is 0"),
        ({"steps": 1}, "`steps` is 1"),
        ({"out": "w.jpg"}, r"w\.jpg.*\.png for a strip"),
        ({"label": ["bat"]}, "Did you mean cat"),
        ({"label": ["cat", "7"]}, "`label` is '7'"),
    ],
)
def test_a_walk_that_cannot_be_is_refused(tmp_path, changes, said):
    given = {"rows": 2, "steps": 3, "label": [], "seed": 0} | changes
    out = tmp_path / given.pop("out", "w.png")
    with pytest.raises(SettingError, match=said):
        write_walk(painter(1, 8, 8, classes=CLASSES), out, **given)


def test_classes_asked_of_a_generator_without_them_are_refused(tmp_path):
    with pytest.raises(SettingError, match="unconditional"):
        write_walk(painter(1, 8, 8), tmp_path / "w.png", rows=1, steps=3, label=["a", "b"], seed=0)


# ---- the journal


def journal(run, *lines):
    text = "".join(line if isinstance(line, str) else json.dumps(line) + "\n" for line in lines)
    RunLayout(run).journal.write_text(text)
    return run


READING = {"images": 16, "seconds": 0.5, "signals": {"loss/generator": 0.25, "logits/real": "nan"}}


def test_a_journal_is_read_as_series_and_events(tmp_path):
    later = {"images": 32, "seconds": 1.5, "signals": {"loss/generator": 0.5}}
    event = {"images": 32, "seconds": 1.75, "event": "finished"}
    history = read_history(journal(tmp_path, READING, later, event))
    losses = history.signals["loss/generator"]
    assert (losses.at.tolist(), losses.values.tolist()) == ([16, 32], [0.25, 0.5])
    assert history.signals.series["logits/real"].broken_at == 16
    assert history.events == (event,)
    assert (history.images, history.seconds) == (32, 1.75)


def test_a_last_line_that_is_still_being_written_is_left_for_later(tmp_path):
    history = read_history(journal(tmp_path, READING, '{"images": 32, "seconds": 1.5, "sig'))
    assert (history.images, len(history.signals["loss/generator"])) == (16, 1)


@pytest.mark.parametrize(
    "line", ["not json\n", "[1, 2]\n", '{"images": 3}\n', '{"images": "x", "seconds": 1}\n', "3\n"]
)
def test_a_damaged_line_is_named_with_its_number(tmp_path, line):
    with pytest.raises(RunFolderError, match=r"journal\.jsonl, line 2, is damaged"):
        read_history(journal(tmp_path, READING, line, READING))


def test_an_empty_journal_is_a_run_that_has_just_begun(tmp_path):
    history = read_history(journal(tmp_path))
    assert (history.signals.series, history.images) == ({}, 0)


def test_a_folder_without_a_journal_is_no_run(tmp_path):
    with pytest.raises(RunFolderError, match="is no run folder"):
        read_history(tmp_path)


def test_the_newest_picture_is_that_of_the_most_images(tmp_path):
    layout = RunLayout(tmp_path)
    assert newest_picture(tmp_path) is None
    layout.samples.mkdir()
    for images in (9, 1000, 200):
        layout.picture(images).write_bytes(b"")
    assert newest_picture(tmp_path) == layout.picture(1000)


# ---- the data


def test_a_source_is_described_one_fact_a_line_with_a_contact_sheet(tmp_path):
    text = describe_data("digits", tmp_path / "new" / "sheet.png")
    lines = text.splitlines()
    assert lines[0].startswith("digits")
    assert "Count: 1,797" in lines
    assert "Sizes: 8 x 8 (1,797)" in lines
    assert "Unreadable: 0" in lines
    assert any(line.startswith("Classes: 0 178, 1 182") for line in lines)
    assert lines[-1] == f"Contact sheet: {tmp_path / 'new' / 'sheet.png'}"
    assert size(tmp_path / "new" / "sheet.png") == (10 * TILE + 2, 8 * TILE + 2)  # a column is a class


def test_points_are_described_with_a_scatter_plot(tmp_path):
    text = describe_data("ring-8", tmp_path / "sheet.png")
    assert "ring-8" in text
    assert size(tmp_path / "sheet.png") == (480, 480)


def test_what_is_wrong_with_a_folder_is_counted_and_the_first_few_are_named(tmp_path):
    folder = tmp_path / "photos"
    folder.mkdir()
    noise = np.random.default_rng(0).integers(0, 256, (10, 8, 8), dtype=np.uint8)
    for number, pixels in enumerate(noise):
        Image.fromarray(pixels).save(folder / f"{number}.png")
    Image.fromarray(noise[0]).save(folder / "twin.png")
    Image.new("L", (8, 8), 9).save(folder / "flat.png")
    for number in range(7):
        (folder / f"bad{number}.png").write_bytes(b"no picture")
    from equipoise.data import inspect_source

    lines = report_text(inspect_source(open_source(folder))).splitlines()
    assert "Exact duplicates: 1: 0.png = twin.png" in lines
    assert "Constant images: 1: flat.png" in lines
    (unreadable,) = [line for line in lines if line.startswith("Unreadable: 7: bad0.png (")]
    assert unreadable.endswith("and 2 more")
