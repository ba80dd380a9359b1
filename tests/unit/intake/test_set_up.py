"""What a log says of the set-up, in real StudioGAN logs and in the preambles of other programs."""

import tarfile
from pathlib import Path

import pytest

from equipoise.intake import read_log
from equipoise.intake.settings import facts_in_settings

ARCHIVE = Path(__file__).parents[3].parent / "shared" / "data" / "logs" / "studiogan-tiny-imagenet.tar.xz"


@pytest.fixture(scope="module")
def studiogan(tmp_path_factory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("studiogan")
    with tarfile.open(ARCHIVE, "r:xz") as archive:
        archive.extractall(folder, filter="data")
    return {path.name.split("-train")[0]: path for path in folder.rglob("*.log")} | {
        path.name: path for path in folder.rglob("*.log")
    }


def test_every_real_log_is_read_whole(studiogan):
    whole = [path for name, path in studiogan.items() if name.endswith(".log")]
    assert len(whole) == 24
    for path in whole:
        reading = read_log(path)
        lines = path.read_text(errors="replace").splitlines()
        losses = [line.split() for line in lines if "Generator_loss:" in line]
        series = reading.history["loss/generator"]
        assert len(series) == len(losses)
        assert series.last == float(losses[-1][losses[-1].index("Generator_loss:") + 1])
        assert series.at[-1] == int(losses[-1][losses[-1].index("Step:") + 1])
        fid = [line for line in lines if "> FID score" in line]
        assert len(reading.history["quality/fid"]) == len(fid)
        assert reading.history["quality/fid"].last == float(fid[-1].rsplit(" ", 1)[1])
        assert reading.history.planned in (100_000, 200_000)
    assert "quality/fid" not in read_log(whole[0], include_quality=False).history


def test_a_real_set_up_with_a_penalty(studiogan):
    expected = {
        "objective": "wasserstein", "penalty": "gradient_penalty", "penalty_weight": 10.0, "latent_dim": 128.0,
        "batch_size": 256.0, "discriminator_learning_rate": 4e-4, "generator_learning_rate": 1e-4,
        "generator_beta1": 0.0, "beta2": 0.999, "d_steps": 1.0, "total_steps": 100_000.0, "conditional": False,
        "image_size": 64.0, "dataset_size": 100_000.0, "precision": "float32", "ema": False, "augmentation": "none",
        "generator_output": "tanh", "generator_normalisation": "batch", "discriminator_normalisation": "batch",
        "generator_parameters": 12_220_675.0, "discriminator_parameters": 19_550_535.0, "spectral_norm": False,
        "batch_norm_eps": 1e-4, "generator_architecture": "resnet", "initialisation": "orthogonal",
        "latent_distribution": "normal", "generator_optimizer": "adam",
    }  # fmt: skip
    facts = read_log(studiogan["WGAN-WC"]).facts
    assert {name: facts.get(name) for name in expected} == expected


def test_real_set_ups_of_other_kinds(studiogan):
    clipped = read_log(studiogan["WGAN-GP"]).facts
    assert (clipped["clip_value"], clipped["penalty"]) == (0.01, "none")
    dragan = read_log(studiogan["WGAN-DRA"]).facts
    assert (dragan["objective"], dragan["penalty"]) == ("wasserstein", "dragan")
    spectral = read_log(studiogan["SNGAN"]).facts
    assert (spectral["objective"], spectral["spectral_norm"]) == ("hinge", True)
    assert spectral["discriminator_normalisation"] == "spectral"
    labels = read_log(studiogan["ACGAN"]).facts
    assert (labels["conditioning"], labels["classes"]) == ("auxiliary_classifier", 200.0)
    assert read_log(studiogan["ADAGAN(C)"]).facts["augmentation"] == "both"
    assert read_log(studiogan["DCGAN"]).facts["objective"] == "non_saturating"
    assert read_log(studiogan["LSGAN"]).facts["objective"] == "least_squares"
    assert read_log(studiogan["ProjGAN"]).facts["conditioning"] == "projection"


NEWER = """[INFO] 2022-02-04 16:46:16 > Run name : X
[INFO] 2022-02-04 16:46:16 > cfgs.DATA =
[INFO] 2022-02-04 16:46:16 > {
  "img_size": 32,
  "num_classes": 10
}
[INFO] 2022-02-04 16:46:16 > cfgs.MODEL =
[INFO] 2022-02-04 16:46:16 > {
  "backbone": "big_resnet",
  "d_cond_mtd": "PD",
  "apply_d_sn": true,
  "z_dim": 80
}
[INFO] 2022-02-04 16:46:16 > cfgs.LOSS =
[INFO] 2022-02-04 16:46:16 > {
  "adv_loss": "hinge",
  "apply_gp": false,
  "gp_lambda": "N/A",
  "apply_r1_reg": true,
  "r1_lambda": 0.1
}
[INFO] 2022-02-04 16:46:16 > cfgs.OPTIMIZATION =
[INFO] 2022-02-04 16:46:16 > {
  "type_": "Adam",
  "total_steps": 100000,
  "d_updates_per_step": 5
}
[INFO] 2022-02-04 16:46:20 > Train dataset size: 50000
"""


def test_the_newer_kind_of_studiogan_log(read):
    line = "[INFO] 2022-02-04 17:0{}:20 > Step: {:6d} Progress: 0.1% Elapsed: 0:01:00 Gen_loss: 0.5 Dis_loss: {} "
    rows = "".join(
        line.format(at, at * 100, 2 - at / 10) + "Cls_loss: N/A Topk: 64 ada_p: N/A \n" for at in range(1, 9)
    )
    reading = read(NEWER + rows)
    expected = {
        "objective": "hinge", "penalty": "r1", "penalty_weight": 0.1, "spectral_norm": True, "latent_dim": 80.0,
        "conditional": True, "conditioning": "projection", "classes": 10.0, "d_steps": 5.0, "dataset_size": 50_000.0,
        "image_size": 32.0, "generator_optimizer": "adam",
    }  # fmt: skip
    assert {name: reading.facts.get(name) for name in expected} == expected
    assert reading.history["loss/discriminator_total"].values.tolist() == [2 - at / 10 for at in range(1, 9)]
    assert reading.history.planned == 100_000


MODULES = """Namespace(batchSize=64, beta1=0.5, cuda=True, lr=0.0002, nz=100, outf='out')
Generator(
  (main): Sequential(
    (0): ConvTranspose2d(100, 512, kernel_size=(5, 5), stride=(1, 1), bias=False)
    (1): BatchNorm2d(512, eps=0.8, momentum=0.1, affine=True)
    (2): ReLU(inplace=True)
    (3): ConvTranspose2d(512, 3, kernel_size=(5, 5), stride=(2, 2), padding=(1, 1), bias=False)
    (4): Tanh()
  )
)
Critic(
  (main): Sequential(
    (0): Conv2d(3, 64, kernel_size=(4, 4), stride=(2, 2))
    (1): LeakyReLU(negative_slope=0.2)
    (2): Dropout(p=0.3, inplace=False)
    (3): InstanceNorm2d(64, eps=1e-05)
    (4): Linear(in_features=64, out_features=1)
    (5): Sigmoid()
  )
)
[0/25][0/782]\tLoss_D: 1.3\tLoss_G: 3.2
[0/25][50/782]\tLoss_D: 1.2\tLoss_G: 3.3
"""


def test_modules_and_options_in_the_preamble(read):
    expected = {
        "generator_output": "tanh", "generator_normalisation": "batch", "batch_norm_eps": 0.8,
        "upsampling": "transposed", "upsampling_kernel": 5.0, "upsampling_stride": 2.0, "generator_activation": "relu",
        "discriminator_output": "sigmoid", "discriminator_normalisation": "instance", "discriminator_dropout": 0.3,
        "discriminator_activation": "leaky_relu", "latent_dim": 100.0, "generator_learning_rate": 2e-4,
        "discriminator_beta1": 0.5,
    }  # fmt: skip
    facts = read(MODULES).facts
    assert {name: facts.get(name) for name in expected} == expected


def test_options_one_a_line(read):
    options = "-------- Options --------\n   batch_size: 4   \t[default: 1]\n   gan_mode: lsgan\n   lr: 0.0002\n"
    facts = read(options + "epoch 1 d_loss 0.3 g_loss 0.4\nepoch 2 d_loss 0.2 g_loss 0.5\n").facts
    assert facts.number("batch_size") == 4
    assert facts.choice("objective") == "least_squares"
    assert facts.number("generator_learning_rate") == 2e-4


@pytest.mark.parametrize("setting", [{"gamma": 0.1}, {"momentum": 0.9}, {"clip": 5}, {"lr": None}, {"objective": "x"}])
def test_words_that_mean_other_things_elsewhere_are_not_taken(setting):
    assert facts_in_settings(setting) == {}


def test_what_is_given_stands_above_what_the_log_says(read):
    reading = read(MODULES, latent_dim=64.0)
    assert reading.facts["latent_dim"] == 64.0
    assert "latent_dim" not in reading.origins
    assert reading.origins["generator_output"].source == "log"
