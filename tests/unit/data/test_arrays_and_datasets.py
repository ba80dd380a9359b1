import numpy as np
import pytest
import torch
from PIL import Image
from torch.utils.data import Dataset, TensorDataset

from equipoise.core.errors import DataError, SettingError
from equipoise.data import PointSource, open_source, prepare

BYTES = np.random.default_rng(0).integers(0, 256, (5, 8, 9, 3), dtype=np.uint8)


def read_all(source):
    return np.stack([np.asarray(source.read(i).image) for i in range(len(source))])


class Items(Dataset):
    def __init__(self, items, classes=None):
        self.items = items
        if classes:
            self.classes = classes

    def __len__(self):
        return len(self.items)

    def __getitem__(self, index):
        return self.items[index]


@pytest.mark.parametrize(
    "array",
    [
        BYTES,
        BYTES.transpose(0, 3, 1, 2),
        BYTES / 255.0,
        (BYTES / 127.5 - 1).astype(np.float32),
        BYTES.astype(np.int64),
    ],
    ids=["bytes", "channels first", "0..1", "-1..1", "integers"],
)
def test_every_layout_and_range_gives_the_same_bytes(array):
    np.testing.assert_array_equal(read_all(open_source(array)), BYTES)


def test_description_says_how_floats_were_understood():
    assert "[0, 1]" not in open_source(BYTES).description
    assert "0..1" in open_source(BYTES / 255.0).description
    assert "-1..1" in open_source(BYTES / 127.5 - 1).description


def test_grey_array_without_channels_is_grey(tmp_path):
    assert prepare(BYTES[..., 0], cache=tmp_path).sample_shape == (1, 8, 8)


@pytest.mark.parametrize("key", ["images", "x", "data", "arr_0"])
def test_archive_keys_are_found_and_labels_become_indices(tmp_path, key):
    np.savez(tmp_path / "a.npz", **{key: BYTES, "y": np.array([[7], [3], [3], [7], [9]])})
    source = open_source(tmp_path / "a.npz")
    assert source.classes == ("3", "7", "9")
    assert source.labels().tolist() == [1, 0, 0, 1, 2]
    np.testing.assert_array_equal(read_all(source), BYTES)


def test_class_names_in_an_archive_are_used(tmp_path):
    np.savez(tmp_path / "a.npz", images=BYTES, labels=np.array([0, 1, 0, 1, 0]), classes=np.array(["cat", "dog"]))
    assert open_source(tmp_path / "a.npz").classes == ("cat", "dog")


def test_npy_file_is_mapped_not_loaded(tmp_path):
    np.save(tmp_path / "a.npy", BYTES)
    source = open_source(str(tmp_path / "a.npy"))
    assert isinstance(source.images, np.memmap)
    np.testing.assert_array_equal(read_all(source), BYTES)


def test_pairs_of_floats_are_points_and_stay_as_they_are(tmp_path):
    points = np.array([[0.5, -30.0], [7.0, 2.0], [1.0, 1.0]])
    np.save(tmp_path / "p.npy", points)
    source = open_source(tmp_path / "p.npy")
    assert isinstance(source, PointSource)
    store = prepare(source)
    assert store.sample_shape == (2,)
    np.testing.assert_array_equal(store.batch(torch.tensor([1, 0]))[0].numpy(), points[[1, 0]].astype(np.float32))


@pytest.mark.parametrize(
    "images",
    [
        [Image.fromarray(image) for image in BYTES],
        list(BYTES),
        list(torch.from_numpy(BYTES.transpose(0, 3, 1, 2).copy())),
        list(torch.from_numpy(BYTES.transpose(0, 3, 1, 2) / np.float32(255))),
        list(BYTES / np.float32(127.5) - 1),
    ],
    ids=["pil", "bytes", "byte tensors", "0..1 tensors", "-1..1 arrays"],
)
def test_dataset_items_of_every_kind_give_the_same_bytes(images):
    np.testing.assert_array_equal(read_all(open_source(Items(images))), BYTES)


def test_dataset_labels_and_class_names_are_kept(tmp_path):
    pairs = [(image, torch.tensor(i % 2)) for i, image in enumerate(BYTES)]
    store = prepare(Items(pairs, classes=["cat", "dog"]), cache=tmp_path)
    assert store.classes == ("cat", "dog")
    assert store.labels.tolist() == [0, 1, 0, 1, 0]


def test_tensor_dataset_works_and_names_its_labels_by_number():
    source = open_source(TensorDataset(torch.rand(4, 1, 6, 6), torch.tensor([5, 2, 5, 2])))
    assert source.classes == ("2", "5")
    assert source.labels().tolist() == [1, 0, 1, 0]
    assert source.survey().grey


def test_dataset_that_changes_from_reading_to_reading_says_so():
    class Restless(Items):
        def __getitem__(self, index):
            return torch.rand(3, 6, 6)

    assert "items change" in open_source(Restless([0, 1, 2])).description
    assert "items change" not in open_source(Items(list(BYTES))).description


def test_dataset_in_which_some_items_fail_skips_them(tmp_path):
    class Broken(Items):
        def __getitem__(self, index):
            if index == 1:
                raise OSError("gone")
            return BYTES[index], index % 2

    store = prepare(Broken(list(BYTES)), cache=tmp_path, allow_bad_share=0.3)
    assert len(store) == 4
    assert store.labels.tolist() == [0, 0, 1, 0]
    assert store.manifest.skipped == (("item 1", "gone"),)


def test_stream_without_length_is_refused():
    class Stream(torch.utils.data.IterableDataset):
        def __iter__(self):
            yield torch.zeros(3, 4, 4)

    with pytest.raises(SettingError, match="map-style"):
        open_source(Stream())


def test_label_that_is_no_integer_is_refused():
    with pytest.raises(DataError, match="label of item 0"):
        open_source(Items([(BYTES[0], {"boxes": []})] * 2)).labels()


def test_dataset_values_out_of_range_name_the_item():
    items = [torch.rand(3, 4, 4), torch.rand(3, 4, 4) * 200]
    with pytest.raises(DataError, match=r"Item 1 .* values from"):
        open_source(Items(items)).survey()


def test_something_else_is_refused_with_what_can_be_passed():
    with pytest.raises(SettingError, match=r"list.*ring-8"):
        open_source([1, 2, 3])
