"""Lines of free text, as the usual programs print them."""

import math

import pytest

from equipoise.intake.pairs import PairReader

LINES = {
    "[Epoch 3/200] [Batch 40/938] [D loss: 0.61] [G loss: 1.02]": {
        "Epoch": 3, "Epoch (of)": 200, "Batch": 40, "Batch (of)": 938, "D loss": 0.61, "G loss": 1.02,
    },
    "[0/25][100/782]\tLoss_D: 0.5\tLoss_G: 3.2\tD(x): 0.8\tD(G(z)): 0.3 / 0.02": {
        "epoch": 0, "epoch (of)": 25, "batch": 100, "batch (of)": 782, "Loss_D": 0.5, "Loss_G": 3.2, "D(x)": 0.8,
        "D(G(z))": 0.3, "D(G(z)) (second)": 0.02,
    },
    "(epoch: 1, iters: 100, time: 0.1, data: 0.2) G_GAN: 0.9 D_real: 0.5": {
        "epoch": 1, "iters": 100, "time": 0.1, "data": 0.2, "G_GAN": 0.9, "D_real": 0.5,
    },
    "938/938 [=====================] - 12s 3ms/step - d_loss: 0.61 - g_loss: 1.02": {
        "batch": 938, "batch (of)": 938, "d_loss": 0.61, "g_loss": 1.02,
    },
    "12 [D loss: 0.69, acc.: 50.00%] [G loss: 0.71]": {"step": 12, "D loss": 0.69, "acc": 50, "G loss": 0.71},
    "Epoch 3:  12%|█ | 112/938 [00:10<05:00, 3.0it/s, d_loss=0.61, g_loss=1.02]": {
        "Epoch": 3, "batch": 112, "batch (of)": 938, "d_loss": 0.61, "g_loss": 1.02,
    },
    "at epoch 10 d_loss is 0.69": {"epoch": 10, "d_loss": 0.69},
    "2021-01-15 12:00:42,123 - root - INFO - iter 300, loss D: 0.5, W-dist: -3e-1": {
        "iter": 300, "loss D": 0.5, "W-dist": -0.3,
    },
    "\x1b[32mEpoch\x1b[0m 5 | critic_loss -3.2 | gen_loss 0.4": {"Epoch": 5, "critic_loss": -3.2, "gen_loss": 0.4},
    "Epoch [3/9], d_loss: tensor(0.61, device='cuda:0', grad_fn=<AddBackward0>), D(x): 0.7": {
        "Epoch": 3, "Epoch (of)": 9, "d_loss": 0.61, "D(x)": 0.7,
    },
    "判别器损失: 0.61 生成器损失: 1.02 第 3 轮": {"判别器损失": 0.61, "生成器损失": 1.02, "轮": 3},
    "FID score (Step: 2000, Using valid moments): 314.88": {"Step": 2000, "FID score": 314.88},
    "Best FID score (Step: 2000, Using valid moments): 314.88": {"Step": 2000, "Best FID score": 314.88},
    "{'d_loss': 0.5, 'g_loss': 0.3}": {"d_loss": 0.5, "g_loss": 0.3},
    "iter\t99\ttrain disc cost\t-3.1\twasserstein distance\t3.5": {
        "iter": 99, "train disc cost": -3.1, "wasserstein distance": 3.5,
    },
    "D(x) ≈ 0.6-0.8, and if D(G(z)) → 1.0 the generator wins; d_loss 0.2-0.4": {},
    "conv2d1 G2 x1 v0.3.1 took 12s": {},
}  # fmt: skip


@pytest.mark.parametrize("line", LINES)
def test_named_numbers_are_found_in_any_punctuation(line):
    assert PairReader().read(line) == LINES[line]


def test_a_plan_is_shared_by_lines_that_differ_only_in_numbers():
    reader = PairReader()
    assert reader.read("D loss: 1 G loss: 2") == {"D loss": 1, "G loss": 2}
    assert reader.read("D loss: nan G loss: -4e-3")["G loss"] == -0.004
    assert len(reader._plans) == 1


@pytest.mark.parametrize(
    ("word", "value"),
    [("nan", math.nan), ("NaN", math.nan), ("-inf", -math.inf), ("1.#QNAN", math.nan), ("Infinity", math.inf)],
)
def test_words_for_no_number_are_read(word, value):
    read = PairReader().read(f"step 1 d_loss: {word}")["d_loss"]
    assert read == value or (math.isnan(read) and math.isnan(value))


def test_plans_are_bounded():
    reader = PairReader()
    for number in range(5000):
        reader.read(f"name{chr(97 + number % 26)}{'x' * (number % 400)}{'y' * (number // 400)} d_loss: 1")
    assert len(reader._plans) <= 2048


def test_percent_is_noticed():
    reader = PairReader()
    reader.read("[D loss: 0.69, acc.: 50.00%]")
    assert reader.percent == {"acc"}


@pytest.mark.parametrize(
    "header",
    [
        "  step  W-distance  G loss  GP",
        "step W-distance G loss GP",
        "| step | W-distance | G loss | GP |",
        "step\tW-distance\tG loss\tGP",
    ],
)
def test_a_table_in_text_takes_its_names_from_the_line_above(read, header):
    separator = " | " if "|" in header else "  "
    rows = "\n".join(separator.join(f"{value}" for value in (at, 5 - at / 100, 0.3, 0.1)) for at in range(0, 100, 10))
    reading = read(f"Training a WGAN-GP now.\n{header}\n{rows}\n")
    assert reading.history["wasserstein/estimate"].values[0] == 5
    assert reading.history["penalty/gradient_penalty"].values.tolist() == [0.1] * 10
    assert reading.history["loss/generator"].at.tolist() == list(range(0, 100, 10))


def test_headings_carry_the_epoch_to_the_lines_below(read):
    reading = read("".join(f"Epoch {epoch}/9\nD loss: 0.5\nG loss: {epoch}\n" for epoch in range(1, 5)))
    assert reading.history.unit == "epochs"
    assert reading.history.planned == 9
    assert reading.history["loss/generator"].at.tolist() == [1, 2, 3, 4]


def test_progress_bars_rewrite_their_line(read):
    epoch = "Epoch {}/3\n\r  1/100 [....] - ETA: 1:12 - d_loss: 0.7\r100/100 [====] - 12s 13ms/step - d_loss: 0.6\n"
    reading = read("".join(epoch.format(number) for number in (1, 2, 3)))
    assert reading.history["loss/discriminator_total"].at.tolist() == [1, 100, 101, 200, 201, 300]
    assert reading.history.planned == 300
