"""What others report on the same data, with where they do, and what differs here."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Published:
    """`high_quality` is a share; `kl` in nats, reverse: KL(found || uniform)."""

    method: str
    modes: float
    high_quality: float | None
    kl: float | None
    source: str


PACGAN_1 = "Lin et al. 2018 (PacGAN), arXiv 1712.04086, table 1, as recalled: not checked against the paper"
ENGAN = "as quoted in Kumar et al. 2019 (EnGAN), arXiv 1901.08508"
R3GAN = "Huang et al. 2024 (R3GAN), arXiv 2501.05441, ablation of the loss"

PUBLISHED: dict[str, tuple[Published, ...]] = {
    "ring-8": (
        Published(method="GAN", modes=6.3, high_quality=0.982, kl=0.45, source=PACGAN_1),
        Published(method="ALI", modes=6.6, high_quality=0.976, kl=0.36, source=PACGAN_1),
        Published(method="minibatch discrimination", modes=4.3, high_quality=0.366, kl=1.93, source=PACGAN_1),
        Published(method="PacGAN2", modes=7.9, high_quality=0.956, kl=0.07, source=PACGAN_1),
        Published(method="PacGAN4", modes=7.8, high_quality=0.959, kl=0.07, source=PACGAN_1),
    ),
    "grid-25": (
        Published(method="GAN", modes=17.3, high_quality=0.948, kl=0.70, source=PACGAN_1),
        Published(method="ALI", modes=24.1, high_quality=0.957, kl=0.14, source=PACGAN_1),
        Published(method="PacGAN2", modes=23.8, high_quality=0.913, kl=0.13, source=PACGAN_1),
        Published(method="PacGAN4", modes=24.8, high_quality=0.936, kl=0.04, source=PACGAN_1),
    ),
    "stacked-mnist": (
        Published(method="Unrolled GAN", modes=48.7, high_quality=None, kl=4.32, source=ENGAN),
        Published(method="VEEGAN", modes=150.0, high_quality=None, kl=2.95, source=ENGAN),
        Published(method="WGAN-GP", modes=959.0, high_quality=None, kl=0.7276, source=ENGAN),
        Published(method="PacDCGAN2", modes=1000.0, high_quality=None, kl=0.06, source=ENGAN),
        Published(method="EnGAN", modes=1000.0, high_quality=None, kl=0.0313, source=ENGAN),
        Published(method="GAN + R1 + R2", modes=693.0, high_quality=None, kl=0.9270, source=R3GAN),
        Published(method="RpGAN + R1 + R2", modes=1000.0, high_quality=None, kl=0.0781, source=R3GAN),
    ),
}

POINTS = (
    "PacGAN trains generators of 4 and discriminators of 3 layers on 100,000 points, and counts 2,500 samples; here "
    "the data are 50,000 points, the recipe decides the networks, and the budget is what was asked for."
)

DIFFERS = {
    "ring-8": POINTS,
    "grid-25": POINTS,
    "stacked-mnist": (
        "As in PacGAN: 128,000 training and 26,000 test samples, arg-max of a classifier of MNIST without a threshold. "
        "PacGAN trains for 50 epochs on 28 x 28 pixels; here the budget is what was asked for, and the images are 16 x "
        "16, made larger again for the classifier, which is ours."
    ),
}
