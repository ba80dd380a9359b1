"""Files of other programs, written by those programs where they are there, else byte by byte as their formats say."""

import gzip
import json
import lzma
import struct
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

from equipoise.core.errors import DataError
from equipoise.intake import read_log

LOSSES = [round(0.6 - 0.001 * at, 4) for at in range(100)]


def assert_losses(reading, unit: str = "steps") -> None:
    series = reading.history["loss/discriminator_total"]
    np.testing.assert_allclose(series.values, LOSSES, rtol=1e-6)
    assert series.at.tolist() == list(range(100))
    assert reading.history.unit == unit


def csv_text(delimiter: str = ",") -> str:
    return delimiter.join(["step", "d_loss"]) + "\n" + "".join(f"{at}{delimiter}{x}\n" for at, x in enumerate(LOSSES))


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
@pytest.mark.parametrize("name", ["log.csv", "log.txt", "noending"])
def test_tables_of_any_delimiter_and_name(read, delimiter, name):
    reading = read(csv_text(delimiter), name)
    assert_losses(reading)
    assert reading.format == "table"


def test_a_table_without_names_is_told_to_have_none(read):
    with pytest.raises(DataError, match=r"column 1, column 2.*Name columns"):
        read("".join(f"{at},{x}\n" for at, x in enumerate(LOSSES)))


def test_sparse_rows_and_comments(read):
    text = "# a run\nd_loss,epoch,g_loss,step\n" + "".join(f"{x},0,,{at}\n,0,1.5,{at}\n" for at, x in enumerate(LOSSES))
    reading = read(text)
    assert_losses(reading)
    assert len(reading.history["loss/generator"]) == 100


def test_quotes_and_a_byte_order_mark(read):
    assert_losses(read(b"\xef\xbb\xbf" + csv_text().replace("step", '"step"').encode()))


def test_other_encodings(read):
    assert_losses(read(csv_text().encode("utf-16")))
    assert_losses(read(b"caf\xe9 run\n" + "".join(f"step {at} d_loss {x}\n" for at, x in enumerate(LOSSES)).encode()))


def test_windows_line_ends(read):
    assert_losses(read(csv_text().replace("\n", "\r\n")))


@pytest.mark.parametrize(
    "text",
    [
        "".join(json.dumps({"_step": at, "d_loss": x, "_runtime": 1.0}) + "\n" for at, x in enumerate(LOSSES)),
        json.dumps([{"step": at, "losses": {"d_loss": x}} for at, x in enumerate(LOSSES)]),
        json.dumps([{"step": at, "d_loss": x} for at, x in enumerate(LOSSES)], indent=2),
        json.dumps({"config": {"lr": 1e-4}, "history": [{"step": at, "d_loss": x} for at, x in enumerate(LOSSES)]}),
        json.dumps({"step": list(range(100)), "d_loss": LOSSES}),
        "".join(f"INFO {json.dumps({'step': at, 'd_loss': x})}\n" for at, x in enumerate(LOSSES)),
    ],
    ids=["lines", "list", "indented list", "inside", "lists", "in text"],
)
def test_json_in_its_usual_shapes(read, text):
    assert_losses(read(text, "log.json"))


def test_json_says_its_settings(read):
    text = json.dumps({"config": {"lr": 1e-4, "batch_size": 32}, "history": [{"step": 1, "d_loss": 0.5}] * 5})
    facts = read(text).facts
    assert facts.number("generator_learning_rate") == 1e-4
    assert facts.number("batch_size") == 32


def test_no_number_in_json(read):
    rows = '{"step": 1, "d_loss": 0.5}\n{"step": 2, "d_loss": NaN}\n{"step": 3, "d_loss": "inf"}\n'
    assert read(rows).history["loss/discriminator_total"].broken_at == 2


@pytest.mark.parametrize("kind", ["gzip", "xz", "zip"])
def test_packed_logs(tmp_path, kind):
    path = tmp_path / "packed"
    content = csv_text().encode()
    if kind == "zip":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("log.csv", content)
    else:
        path.write_bytes({"gzip": gzip.compress, "xz": lzma.compress}[kind](content))
    assert_losses(read_log(path))


def test_tensorboard_as_torch_writes_it(tmp_path):
    from torch.utils.tensorboard.writer import SummaryWriter

    writer = SummaryWriter(str(tmp_path / "runs"))
    for at, x in enumerate(LOSSES):
        writer.add_scalar("Loss/D", x, at)
        writer.add_image("picture", np.zeros((3, 40, 40)), at)
    writer.add_scalar("Loss/G", float("nan"), 7)
    writer.close()
    reading = read_log(tmp_path / "runs")
    assert reading.format == "TensorBoard"
    assert_losses(reading)
    assert reading.history.series["loss/generator"].broken_at == 7


def test_tensorboard_scalars_that_are_tensors(tmp_path):
    """TensorFlow 2 writes a scalar as a tensor: floats in a list, or raw bytes."""
    from tensorboard.compat.proto.event_pb2 import Event
    from tensorboard.compat.proto.summary_pb2 import Summary
    from tensorboard.compat.proto.tensor_pb2 import TensorProto
    from tensorboard.summary.writer.event_file_writer import EventFileWriter

    writer = EventFileWriter(str(tmp_path))
    for at, x in enumerate(LOSSES):
        tensor = TensorProto(dtype=1, float_val=[x]) if at % 2 else TensorProto(
            dtype=1, tensor_content=struct.pack("<f", x)
        )  # fmt: skip
        writer.add_event(Event(step=at, summary=Summary(value=[Summary.Value(tag="d_loss", tensor=tensor)])))
    writer.close()
    assert_losses(read_log(tmp_path))


def wandb_file(path: Path, records: list[bytes]) -> None:
    """LevelDB's log format as its documentation has it: blocks of 32 KiB, parts with checksum, length and kind."""
    out = bytearray(b":W&B\xe1\xbe\x00")
    for record in records:
        first = True
        while True:
            room = 32768 - len(out) % 32768
            if room < 7:
                out += bytes(room)
                room = 32768
            part, record = record[: room - 7], record[room - 7 :]
            kind = 1 if first and not record else 2 if first else 4 if not record else 3
            out += bytes(4) + struct.pack("<HB", len(part), kind) + part
            first = False
            if not record:
                break
    path.write_bytes(bytes(out))


def field(number: int, content: bytes) -> bytes:
    """A protobuf field of bytes."""

    def varint(value: int) -> bytes:
        low, high = value & 0x7F, value >> 7
        return bytes([low | 0x80]) + varint(high) if high else bytes([low])

    return varint(number << 3 | 2) + varint(len(content)) + content


def item(key: str, value: object, nested: bool = False) -> bytes:
    return field(1, field(2 if nested else 1, key.encode()) + field(16, json.dumps(value).encode()))


@pytest.mark.parametrize("nested", [False, True])
def test_wandb_offline_files(tmp_path, nested):
    config = field(17, field(4, item("lr", 3e-4) + item("batch_size", 16)))
    rows = [
        field(2, item("d_loss", x, nested) + item("_step", at, nested) + item("junk", "x" * 1500, nested))
        for at, x in enumerate(LOSSES)
    ]
    wandb_file(tmp_path / "run-abc.wandb", [config, *rows])
    reading = read_log(tmp_path)
    assert reading.format == "Weights & Biases"
    assert_losses(reading)
    assert reading.facts.number("batch_size") == 16
    assert reading.facts.number("discriminator_learning_rate") == 3e-4


def test_wandb_cut_short(tmp_path):
    path = tmp_path / "run-abc.wandb"
    wandb_file(path, [field(2, item("d_loss", 0.5) + item("_step", at)) for at in range(3000)])
    path.write_bytes(path.read_bytes()[:70_001])
    assert 1000 < len(read_log(path).history["loss/discriminator_total"]) < 3000


def stylegan_folder(folder: Path) -> None:
    def row(at: int) -> str:
        figures = {
            "Loss/scores/real": 0.5, "Loss/scores/fake": -1.0, "Loss/signs/real": 0.2, "Loss/D/loss": 1.0,
            "Loss/G/loss": 1.1, "Loss/r1_penalty": 0.02, "Progress/kimg": 4.0 * at, "Progress/augment": 0.01 * at,
        }  # fmt: skip
        return json.dumps({name: {"num": 8, "mean": mean, "std": 0.1} for name, mean in figures.items()})

    (folder / "stats.jsonl").write_text("".join(row(at) + "\n" for at in range(50)))
    metric = {"results": {"fid50k_full": 30.5}, "metric": "fid50k_full", "snapshot_pkl": "network-snapshot-000200.pkl"}
    (folder / "metric-fid50k_full.jsonl").write_text(json.dumps(metric) + "\n")
    (folder / "log.txt").write_text("Setting up augmentation...\n")
    options = {
        "G_kwargs": {"z_dim": 512}, "D_opt_kwargs": {"lr": 0.0025, "betas": [0, 0.99]}, "total_kimg": 25000,
        "loss_kwargs": {"r1_gamma": 8.2}, "batch_size": 32, "ada_target": 0.6, "G_opt_kwargs": {"lr": 0.002},
        "training_set_kwargs": {"use_labels": False, "max_size": 5000, "resolution": 256},
    }  # fmt: skip
    (folder / "training_options.json").write_text(json.dumps(options))


def test_stylegan_folders(tmp_path):
    stylegan_folder(tmp_path)
    reading = read_log(tmp_path)
    assert reading.history.unit == "images"
    assert reading.history.planned == 25_000_000
    assert reading.history["loss/generator"].at[-1] == 49 * 4000
    assert reading.history["accuracy/real"].last == 0.6
    assert reading.history["logits/fake"].last == -1.0
    assert reading.history["quality/fid"].values.tolist() == [30.5]
    assert reading.history["quality/fid"].at.tolist() == [200_000]
    expected = {
        "objective": "non_saturating", "penalty": "r1", "penalty_weight": 8.2, "latent_dim": 512.0, "batch_size": 32.0,
        "discriminator_learning_rate": 0.0025, "generator_learning_rate": 0.002, "discriminator_beta1": 0.0,
        "dataset_size": 5000.0, "image_size": 256.0, "conditional": False, "augmentation": "both",
    }  # fmt: skip
    assert {name: reading.facts.get(name) for name in expected} == expected


def test_a_folder_with_one_log_or_several(tmp_path):
    (tmp_path / "a.csv").write_text(csv_text())
    assert_losses(read_log(tmp_path))
    (tmp_path / "b.csv").write_text(csv_text())
    with pytest.raises(DataError, match=r"2 logs \(a.csv, b.csv\)"):
        read_log(tmp_path)


def test_standard_input(monkeypatch, tmp_path):
    path = tmp_path / "in"
    path.write_text(csv_text())
    with path.open() as stream:
        monkeypatch.setattr(sys, "stdin", stream)
        assert_losses(read_log(Path("-")))
