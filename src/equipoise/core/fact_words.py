"""Facts as people write them by heart: `batchSize: 64 per GPU`, `critic lr: 1e-4`, `amp: true`, `loss: WGAN-GP`.

What is written in the vocabulary's own words is taken as it stands (`core.facts`); only what is not is looked at here.
A name or value that is still not plain is refused, so that nothing is made up.
"""

import re
from math import inf

from equipoise.core.errors import SettingError
from equipoise.core.facts import parsed_fact
from equipoise.core.records import FactValue
from equipoise.core.vocabulary import BOTH_PLAYERS, OBJECTIVE_NAMES, OTHER_NAMES, VOCABULARY, FactSpec

Told = dict[str, FactValue]
LONGEST = 200
"""Letters of a name and its value: beyond, it is no list of facts but prose."""

_PLAYERS = {
    "generator": {"g", "gen", "generator", "netg"},
    "discriminator": {"d", "dis", "disc", "discr", "discriminator", "netd", "critic"},
}
_OF_A_PLAYER = {
    "learning_rate": "lr learning_rate learningrate eta step_size stepsize",
    "optimizer": "optimizer optimiser optim opt",
    "beta1": "beta1 beta_1 b1 momentum",
    "normalisation": "norm norm_layer norm_type normalisation normalization",
    "output": "output out output_activation out_activation last_activation final_activation last_layer final_layer",
    "activation": "activation act nonlinearity hidden_activation",
    "dropout": "dropout dropout_rate dropout_p",
    "parameters": "parameters params num_params n_params param_count",
    "architecture": "architecture arch",
    "steps": "steps step iters iter iterations updates num_steps n_steps train_steps repeats",
    "spectral_norm": "spectral_norm sn spectral_normalisation spectral_normalization",
}
"""What is said of one player, and the words for it beside the player's: `critic_lr`, `lr of the critic`."""
_OWN_NAMES = {
    "generator_steps": "g_steps", "discriminator_steps": "d_steps", "discriminator_spectral_norm": "spectral_norm",
}  # fmt: skip
_ALSO = {
    "dataset_size": "images n_images number_of_images training_images train_images num_samples n_samples "
    "number_of_samples training_samples data_size num_train rows examples num_examples n_examples data_set dataset "
    "training_set training_set_size num_data data_count image_count samples",
    "image_size": "size crop crop_size load_size fine_size crop_image_height img_height image_height height input_size "
    "im_size imsize output_size res image_resolution",
    "batch_size": "batchsize batch_gpu batch_per_gpu minibatch mini_batch minibatch_size mini_batch_size mb_size",
    "latent_dim": "latent latent_dimension latent_dims z z_size zdim dim_z z_dimension noise noise_size "
    "noise_dimension noise_vector latent_vector",
    "d_steps": "k dsteps num_critic critic_per_generator d_per_g n_d",
    "g_steps": "gsteps n_g",
    "penalty_weight": "gp gp_coef gp_coefficient lambda_gradient_penalty penalty_lambda penalty_coefficient_lambda "
    "r1_weight r1_lambda r1_coefficient gradient_penalty_factor",
    "clip_value": "weight_clipping weight_clip_value clip_limit clip_bound clamp clamp_value clipping c",
    "processes": "gpus num_gpus n_gpus gpu_count world_size devices num_devices",
    "classes": "labels number_of_classes num_labels",
    "gradient_clipping": "grad_clip gradient_clip clip_grad clip_grad_norm max_grad_norm grad_norm_clip",
    "total_steps": "num_train_steps train_steps n_steps num_steps",
}
"""Names that are plain where somebody lists facts, and not in a sentence or a program's settings."""
_SWITCHES: dict[str, tuple[str, FactValue, FactValue]] = {
    **dict.fromkeys(
        "amp fp16 fp16_run use_fp16 use_amp half half_precision mixed_precision float16".split(),
        ("precision", "float16", "float32"),
    ),
    **dict.fromkeys("bf16 use_bf16".split(), ("precision", "bfloat16", "float32")),
    **dict.fromkeys("sigmoid use_sigmoid".split(), ("discriminator_output", "sigmoid", "linear")),
    **dict.fromkeys("gradient_penalty use_gp".split(), ("penalty", "gradient_penalty", "none")),
    **dict.fromkeys("detach detach_fakes fake_detach".split(), ("fakes_detached", True, False)),
    **dict.fromkeys("shuffle".split(), ("shuffled", True, False)),
}
"""Names that are on or off, and the fact that either way tells."""
_LOSSES = "loss gan_loss adversarial_loss loss_name loss_fn model gan method variant".split()
_METHODS = {
    "gan": "gan-loss standard-gan vanilla-gan bcewithlogits bcewithlogitsloss bceloss binary-cross-entropy "
    "binary-crossentropy pix2pix srgan real-esrgan infogan discogan gigagan",
    "saturating": "minmax min-max",
    "lsgan": "cyclegan pix2pixhd munit ugatit u-gat-it hifigan hifi-gan",
    "hinge": "melgan vqgan spade gaugan fastgan",
    "rpgan": "esrgan ragan",
    "wgan": "dualgan",
    "wgan-gp": "pggan progan wasserstein-gp wgan-gradient-penalty gan-gp stargan attgan deblurgan ctgan",
    "stylegan2": "stylegan2-ada stylegan-ada",
    "biggan": "biggan-deep",
}
"""Further names of methods, by the loss that they were published with."""
_CHOICES = {
    "fp16": "float16", "half": "float16", "amp": "float16", "bf16": "bfloat16", "fp32": "float32", "full": "float32",
    "batchnorm": "batch", "bn": "batch", "instancenorm": "instance", "layernorm": "layer", "groupnorm": "group",
    "pixelnorm": "pixel", "lrelu": "leaky_relu", "leakyrelu": "leaky_relu", "silu": "swish", "gaussian": "normal",
    "wgan_gp": "gradient_penalty", "gp": "gradient_penalty", "convtranspose2d": "transposed", "deconv": "transposed",
    "conv_transpose": "transposed", "nearest": "resize", "bilinear": "resize", "kaiming": "he", "glorot": "xavier",
    "bcewithlogitsloss": "bce_with_logits", "bceloss": "bce", "binary_crossentropy": "bce", "mseloss": "mse",
    "raw": "linear", "logits": "linear", "momentum": "sgd_momentum", "concat": "concatenation",
}  # fmt: skip
"""Other words for what a choice may be."""
_OF_BOTH_ENDS = {
    **dict.fromkeys("data_range image_range pixel_range input_range real_range images_range range".split(), "data"),
    **dict.fromkeys("generator_range g_range fake_range output_range".split(), "generator"),
}
_WORDS = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z][a-z])")
_NUMBER = r"[-+]?(?:\d{1,3}(?:,\d{3})+|\d+(?:\.\d*)?|\.\d+)(?:e[-+]?\d+)?"
_AMOUNT = re.compile(
    rf"(?:~|about|around|approx\.?|only|just)?\s*({_NUMBER})\s*(k|m|thousand|million)?(?![\w.])([^\d]*)"
)
_UNIT = re.compile(rf"({_NUMBER})(?:p|px|x\1)")
_ENDS = re.compile(rf"[\[(]?\s*({_NUMBER})\s*(?:,|to|\.\.|-)\s*({_NUMBER})\s*[\])]?")
_INSIDE = re.compile(rf"\b(lr|learning[_ ]rate|beta_?1|b1|momentum)\s*[=:]?\s*\(?({_NUMBER})", re.IGNORECASE)
_TIMES = {None: 1.0, "k": 1e3, "thousand": 1e3, "m": 1e6, "million": 1e6}
_DENIED = re.compile(r"\b(?:not?|without|never|instead)\b(?=.)")
"""`no sigmoid` tells what it is not; `no` by itself switches off."""
_ON, _OFF = ("true", "yes", "on", "enabled", "used"), ("false", "no", "off", "disabled", "none", "not")


def told_fact(name: str, text: str) -> Told:
    """One fact or several, by whatever plain name and in whatever plain words.

    Raises:
        SettingError: it is not plain which fact is meant, or what of it; as `core.facts.parsed_fact` says it.
    """
    try:
        return parsed_fact(name, text)
    except SettingError:
        plain = len(name) + len(text) < LONGEST and not _DENIED.search(text.lower())
        found = _meant(_spelled(name), text.strip()) if plain else {}
        if not found or inf in map(abs, _numbers(found)):
            raise
        return found


def _numbers(facts: Told) -> list[float]:
    return [value for value in facts.values() if isinstance(value, float)]


def player_named(word: str) -> str | None:
    """`generator` or `discriminator`, by any usual name; None for other words."""
    return next((player for player, called in _PLAYERS.items() if _spelled(word) in called), None)


def _spelled(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", _CAMEL.sub("_", name.strip()).lower()).strip("_")


def _meant(key: str, text: str) -> Told:
    if key in _SWITCHES and (switched := _switched(key, text)):
        return switched
    if key in _OF_BOTH_ENDS and (ends := _ENDS.fullmatch(text)):
        return {f"{_OF_BOTH_ENDS[key]}_{end}": _figure(ends[place]) for end, place in (("min", 1), ("max", 2))}
    if key in _LOSSES or OTHER_NAMES.get(key, key) == "objective":
        return _method(text)
    if key == "label_smoothing" and (by := _value(VOCABULARY["real_target"], text)):
        return {"real_target": by[0] if float(by[0]) > 0.5 else 1.0 - float(by[0])}
    for own in _names(key):
        if value := _value(VOCABULARY[own], text):
            both = BOTH_PLAYERS.get(key, (own,))
            return dict.fromkeys(both, value[0]) | _within(text, both if own.endswith("_optimizer") else ())
    return {}


def _names(key: str) -> list[str]:
    """Facts of the vocabulary that a spelled name may stand for, the plainest first."""
    if key in BOTH_PLAYERS:
        return [BOTH_PLAYERS[key][0]]
    own = OTHER_NAMES.get(key, key)
    exact = [own] if own in VOCABULARY else []
    return [*exact, *_of_a_player(key), *(fact for fact, words in _ALSO.items() if key in words.split())]


def _of_a_player(key: str) -> list[str]:
    words = [word for word in key.split("_") if word not in ("of", "the", "in", "for")]
    for player, called in _PLAYERS.items():
        if not called.isdisjoint(words):
            rest = "_".join(word for word in words if word not in called)
            facts = [f"{player}_{what}" for what, names in _OF_A_PLAYER.items() if rest in names.split()]
            return [own for fact in facts if (own := _OWN_NAMES.get(fact, fact)) in VOCABULARY]
    return []


def _switched(key: str, text: str) -> Told:
    fact, on, off = _SWITCHES[key]
    word = text.lower().split()[0].strip("(),.;") if text else ""
    if word in (*_ON, "1") or word in (*_OFF, "0"):
        return {fact: on if word in (*_ON, "1") else off}
    weight = _value(VOCABULARY["penalty_weight"], text) if fact == "penalty" else ()
    return {fact: on, "penalty_weight": weight[0]} if weight else {}


def _method(text: str) -> Told:
    """The longest name of a method among the words; part of a word is none, and `gan` is one only where it is all."""
    known: dict[str, Told] = {name: dict(facts) for name, facts in OBJECTIVE_NAMES.items()}
    known |= {choice.replace("_", "-"): {"objective": choice} for choice in VOCABULARY["objective"].choices}
    known |= {name: known[own] for own, names in _METHODS.items() for name in names.split()}
    del known["gan"]
    words = _WORDS.findall(text.lower().replace("_", "-"))
    joined = ["-".join(words[start:end]) for start in range(len(words)) for end in range(start + 1, len(words) + 1)]
    within = [name for name in joined if name in known]
    return known[max(within, key=len)] if within else {}


def _value(spec: FactSpec, text: str) -> tuple[FactValue, ...]:
    """The one value, or none."""
    if spec.kind == "number":
        found = _AMOUNT.fullmatch(text.lower()) or _UNIT.fullmatch(text.lower())
        return (_figure(found[1], found[2] if found.re is _AMOUNT else None),) if found else ()
    if spec.kind == "flag":
        word = (text.lower().split() or [""])[0].strip("(),.;")
        return (word in _ON,) if word in (*_ON, *_OFF) else ()
    return _choice(spec, text) if spec.kind == "choice" else ()


def _choice(spec: FactSpec, text: str) -> tuple[FactValue, ...]:
    """The choice whose words stand in the text, if there is one: `plain SGD`, `nn.LeakyReLU(0.2)`."""
    said = f"_{re.sub('[^a-z0-9]+', '_', text.lower())}_"
    words = {choice: choice for choice in spec.choices} | {w: own for w, own in _CHOICES.items() if own in spec.choices}
    within = sorted((word for word in words if f"_{word}_" in said), key=len)
    longest = [word for word in within if not any(word != other and word in other for other in within)]
    found = {words[word] for word in longest}
    return (found.pop(),) if len(found) == 1 else ()


def _within(text: str, optimizers: tuple[str, ...]) -> Told:
    """Rate and momentum that stand with an optimiser's name: `Adam(lr=1e-3)`."""
    players = [optimizer.removesuffix("_optimizer") for optimizer in optimizers]
    found: Told = {}
    for name, figure in _INSIDE.findall(text):
        what = "learning_rate" if name.lower().startswith("l") else "beta1"
        found |= {f"{player}_{what}": _figure(figure) for player in players}
    return found


def _figure(number: str, suffix: str | None = None) -> float:
    return float(number.replace(",", "")) * _TIMES[suffix]
