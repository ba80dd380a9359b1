"""Files that are damaged, huge or malicious: always a reading or a plain refusal, never a stack trace, never a hang."""

import gzip
import json
import os
import random
import subprocess
import sys
import tarfile
import time
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from equipoise.core.errors import DataError, EquipoiseError
from equipoise.intake import read_log, source

SEEDS = {
    "pytorch-gan": "".join(f"[Epoch {at // 9}/9] [Batch {at % 9}/9] [D loss: .{at}] [G loss: 1]\n" for at in range(60)),
    "csv": "step,d_loss,g_loss,gp\n" + "".join(f"{at},0.5,{at},nan\n" for at in range(60)),
    "jsonl": "".join(json.dumps({"step": at, "d_loss": 0.5, "x": {"mean": 1, "num": 2}}) + "\n" for at in range(60)),
    "json": json.dumps([{"step": at, "d_loss": 0.5} for at in range(60)], indent=1),
    "table": "  step  W-distance  G loss\n" + "".join(f"  {at}  {at / 7:.3f}  0.5\n" for at in range(60)),
    "modules": "{'lr': 0.1, 'n': {'a': [1, 2]}}\nGenerator(\n  (0): Tanh()\n)\n" + "step 1 d_loss 0.5\n" * 20,
}  # fmt: skip


def binary_seeds(folder: Path) -> dict[str, bytes]:
    from tensorboard.compat.proto.event_pb2 import Event
    from tensorboard.compat.proto.summary_pb2 import Summary
    from tensorboard.summary.writer.event_file_writer import EventFileWriter

    writer = EventFileWriter(str(folder))
    for at in range(40):
        writer.add_event(Event(step=at, summary=Summary(value=[Summary.Value(tag="d_loss", simple_value=0.5)])))
    writer.close()
    events = next(folder.iterdir()).read_bytes()
    wandb = b":W&B\xe1\xbe\x00" + (bytes(4) + b"\x0c\x00\x01" + b"\x12\x0a\x0a\x08\x0a\x01a\x82\x01\x02.5") * 40
    packed = gzip.compress(SEEDS["csv"].encode())
    return {name: text.encode() for name, text in SEEDS.items()} | {"events": events, "wandb": wandb, "gzip": packed}


def damaged(content: bytes, dice: random.Random) -> bytes:
    """One of the ways in which files break."""
    data = bytearray(content)
    for _ in range(dice.randint(1, 8)):
        at = dice.randrange(len(data))
        kind = dice.randrange(6)
        if kind == 0:
            data[at] = dice.randrange(256)
        elif kind == 1:
            del data[at : at + dice.randint(1, 40)]
        elif kind == 2:
            data[at:at] = bytes(dice.randrange(256) for _ in range(dice.randint(1, 20)))
        elif kind == 3:
            data[at:at] = dice.choice(
                [b"nan", b"1e999", b"[[[[", b"{{{", b'"', b"\r", b"\n\n", b"-inf", b"9" * 400, b"(" * 50]
            )
        elif kind == 4:
            data[at:at] = data[: dice.randint(1, 60)]
        else:
            del data[at:]
        if not data:
            return b"x"
    return bytes(data)


def test_no_damage_ends_in_a_stack_trace(tmp_path):
    dice = random.Random(20261124)
    path = tmp_path / "log"
    (tmp_path / "events").mkdir()
    read, refusals = 0, list[str]()
    for content in binary_seeds(tmp_path / "events").values():
        for _ in range(60):
            path.write_bytes(damaged(content, dice))
            try:
                assert read_log(path).history.series
                read += 1
            except EquipoiseError as error:
                refusals.append(str(error))
    assert read > 100  # else the damage is too great to test anything
    assert len(refusals) > 20
    assert all(20 < len(refusal) < 2000 for refusal in refusals)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b" \n\n\t\n", "is empty"),
        (bytes(range(256)) * 40, "is no log"),
        (b"\x7fELF" + bytes(5000), "is no log"),
        (b"hello, this is a poem\nwithout any numbers\n", "no named numbers.*`notes:`"),
        (b"day 3 humidity: 4, wind: 5\n" * 5, "humidity, wind"),
        (b"[" * 100_000, "begins as JSON"),
        (b'{"a": ' * 100_000, "begins as JSON"),
        (b"\x1f\x8b" + b"junk" * 10, "damaged"),
        (b"PK\x03\x04" + b"junk" * 10, "damaged zip"),
        (b"\xfd7zXZ\x00" + b"junk" * 10, "damaged"),
        (b":W&B" + b"junk" * 10, "holds nothing"),
        (b'{"d_loss": "abc"}', "JSON"),
    ],
)  # fmt: skip
def test_what_is_no_log_is_refused_in_words(tmp_path, content, words):
    path = tmp_path / "log"
    path.write_bytes(content)
    with pytest.raises(DataError, match=words):
        read_log(path)


def test_places_that_cannot_be_read(tmp_path):
    with pytest.raises(DataError, match="No such file"):
        read_log(tmp_path / "nowhere")
    with pytest.raises(DataError, match="no log that we know"):
        read_log(tmp_path)
    with pytest.raises(DataError, match="neither a file nor a folder"):
        read_log(Path("/dev/zero"))
    looped = tmp_path / "loop"
    looped.symlink_to(looped)
    with pytest.raises(DataError, match="Cannot read"):
        read_log(looped)


def test_a_file_that_may_not_be_read(tmp_path, monkeypatch):
    path = tmp_path / "log"
    path.write_text("step 1 d_loss 0.5\n")

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(DataError, match="Permission denied"):
        read_log(path)


def test_a_bomb_is_refused_before_it_fills_anything(tmp_path, monkeypatch):
    monkeypatch.setattr(source, "MOST_UNPACKED", 1 << 24)
    path = tmp_path / "bomb.gz"
    with gzip.open(path, "wb", compresslevel=9) as file:
        file.write(b"step 1 d_loss 0.5\n")
        for _ in range(40):
            file.write(b"x" * (1 << 20))
    tracemalloc.start()
    with pytest.raises(DataError, match="unpacks to more than"):
        read_log(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 16 << 20


def test_archives_of_several_files_are_refused(tmp_path):
    (tmp_path / "a").write_text("x")
    with zipfile.ZipFile(tmp_path / "two.zip", "w") as archive:
        archive.writestr("a", "1")
        archive.writestr("b", "2")
    with pytest.raises(DataError, match="holds 2 files"):
        read_log(tmp_path / "two.zip")
    with tarfile.open(tmp_path / "all.tar.gz", "w:gz") as tar:
        tar.add(tmp_path / "a", "a")
    with pytest.raises(DataError, match="archive of several files"):
        read_log(tmp_path / "all.tar.gz")


def test_a_huge_line_is_left_out_and_said(tmp_path):
    path = tmp_path / "log"
    lines = "".join(f"step {at} d_loss 0.5\n" for at in range(10))
    path.write_text(lines + "x1 " * 3_000_000 + "\n" + lines.replace("step ", "step 9"))
    reading = read_log(path)
    assert len(reading.history["loss/discriminator_total"]) == 20
    assert any("too long" in note for note in reading.notes)


def test_a_line_of_a_million_numbers_does_not_hang(tmp_path):
    path = tmp_path / "log"
    path.write_text("step 1 d_loss 0.5\n" + "1 " * 400_000 + "\n" + "a:1 " * 200_000 + "\nstep 2 d_loss 0.4\n")
    began = time.monotonic()
    assert len(read_log(path).history["loss/discriminator_total"]) == 2
    assert time.monotonic() - began < 20


@pytest.mark.parametrize(
    "text",
    [
        "(" * 60_000, "=" * 60_000, "a " * 30_000 + "1", ": " * 30_000 + "2", "-" * 60_000 + "1 |", " " * 60_000 + "x",
        "1 " * 30_000 + "x", "1:" * 30_000, "a" * 60_000 + "=", "tensor(" * 9_000,
        "[INFO] 2021-01-01 1 " + "AAAA " * 12_000,
        "param " * 10_000, "train " * 10_000, "第 1" * 20_000, "|" * 60_000, "2021-01-01 " * 6_000, "D(" * 30_000 + "1",
        "{" + "'a': [" * 9_000 + "}", "d(g(z" * 12_000 + ": 1", "lossloss" * 7_000 + ": 1", ".." * 30_000 + " 1",
    ],
)  # fmt: skip
def test_no_line_makes_a_pattern_run_away(tmp_path, text):
    path = tmp_path / "log"
    path.write_text("step 1 d_loss 0.5\n" + text + "\nstep 2 d_loss 0.4\n")
    began = time.monotonic()
    assert len(read_log(path).history["loss/discriminator_total"]) == 2
    assert time.monotonic() - began < 10


def test_a_million_columns_do_not_fill_the_memory(tmp_path):
    path = tmp_path / "log"
    path.write_text(
        "".join(f"step {at} junk{'abc'[at % 3]}{chr(97 + at % 26) * (at % 700)}: 1 d_loss: 0.5\n" for at in range(1500))
    )
    reading = read_log(path)
    assert len(reading.columns) < 600


def test_many_rows_in_bounded_memory(tmp_path):
    path = tmp_path / "big.csv"
    with path.open("w") as file:
        file.write("step,d_loss,g_loss\n")
        file.writelines(f"{at},0.5,{at / 300_000}\n" for at in range(300_000))
    program = (
        "import sys; from pathlib import Path; from equipoise.intake import read_log\n"
        "def peak():  # ru_maxrss begins at what the process had that started this one\n"
        "    lines = Path('/proc/self/status').read_text().splitlines()\n"
        "    return next(int(line.split()[1]) for line in lines if line.startswith('VmHWM'))\n"
        "before = peak(); reading = read_log(Path(sys.argv[1]))\n"
        "grown = peak() - before\n"
        "series = reading.history['loss/generator']\n"
        "print(reading.rows, len(series), series.last, grown // 1024, 'torch' in sys.modules)"
    )
    told = subprocess.run(
        [sys.executable, "-c", program, path], capture_output=True, text=True, check=True, timeout=120
    )
    rows, looks, last, mebibytes, torch = told.stdout.split()
    assert (int(rows), torch) == (300_000, "False")
    assert 2000 < int(looks) <= 4097
    assert abs(float(last) - 1.0) < 0.01
    assert int(mebibytes) < 16


def test_a_pipe_is_read(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    if os.fork() == 0:
        pipe.write_text("step 1 d_loss 0.5\nstep 2 d_loss 0.4\n")
        os._exit(0)
    assert read_log(pipe).rows == 2
    os.wait()
