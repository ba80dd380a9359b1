"""Every fact about a set-up that the rules understand: its name, its kind and what it means.

The same names serve `--fact NAME=VALUE`, facts files, the checks of modules and the recipes. docs/facts.md is made
from this table.
"""

from dataclasses import dataclass
from typing import Literal

from equipoise.core.failures import FAILURES

Kind = Literal["number", "flag", "choice", "names"]


@dataclass(frozen=True, kw_only=True, slots=True)
class FactSpec:
    """One entry. `also` lists other names people use for the fact.

    `choices` lists what a choice may be, or each of the names, which have commas between them.
    """

    name: str
    group: str
    kind: Kind
    meaning: str
    choices: tuple[str, ...] = ()
    also: tuple[str, ...] = ()


def _number(name: str, meaning: str, *also: str) -> FactSpec:
    return FactSpec(name=name, group="", kind="number", meaning=meaning, also=also)


def _flag(name: str, meaning: str, *also: str) -> FactSpec:
    return FactSpec(name=name, group="", kind="flag", meaning=meaning, also=also)


def _choice(name: str, choices: str, meaning: str, *also: str) -> FactSpec:
    return FactSpec(name=name, group="", kind="choice", meaning=meaning, choices=tuple(choices.split()), also=also)


_GROUPS: dict[str, tuple[FactSpec, ...]] = {
    "objective": (
        _choice(
            "objective",
            "minimax non_saturating least_squares hinge wasserstein relativistic",
            "which loss the two players play; common names such as wgan-gp, dcgan, lsgan and sngan are understood",
            "loss_type", "gan_mode", "adv_loss", "gan_type",
        ),
        _choice(
            "loss_function",
            "bce bce_with_logits mse mean softplus hinge other",
            "the function that makes the discriminator's loss of its output",
            "criterion",
        ),
        _choice(
            "discriminator_output", "linear sigmoid tanh relu softplus softmax",
            "the last activation of the discriminator", "critic_output", "last_activation", "d_output",
        ),
        _flag("generator_sign_wrong", "the generator's loss falls when its samples are scored as less real"),
        _flag("discriminator_sign_wrong", "the discriminator's loss falls when it scores reals lower or fakes higher"),
        _flag("labels_swapped", "the target of real samples and that of fakes are exchanged between the two players"),
        _number("real_target", "target of real samples in the discriminator's loss; 0.9 is one-sided smoothing",
                "real_label", "label_smoothing_real"),
        _number("fake_target", "target of fake samples in the discriminator's loss", "fake_label"),
        _flag("noisy_targets", "targets are flipped at random now and then"),
    ),
    "penalty": (
        _choice(
            "penalty", "none gradient_penalty one_sided_gradient_penalty r1 r2 r1_r2 dragan other",
            "which gradient penalty the discriminator is trained under",
        ),
        _number("penalty_weight", "what the penalty is multiplied by", "lambda", "lambda_gp", "gp_weight",
                "lambda_term", "gradient_penalty_weight", "gradient_penalty_lambda",
                "gradient_penalty_coefficient", "gp_lambda",
                "lambd", "r1_gamma", "gamma"),
        _flag("penalty_in_loss", "the penalty is added to the loss that is differentiated"),
        _flag("penalty_reaches_weights", "the penalty has a gradient at the weights (create_graph=True)",
              "create_graph"),
        _choice("penalty_norm", "per_sample per_channel per_element whole_batch",
                "over what the gradient's norm is taken; only per_sample is the paper's"),
        _choice("penalty_points", "interpolates real fake noise", "where the gradient is taken"),
        _choice("penalty_interpolation", "per_sample per_batch per_element",
                "for what one interpolation coefficient is drawn; the paper draws one for each sample"),
        _choice("penalty_coefficient", "uniform normal other", "the distribution of the interpolation coefficient"),
        _flag("penalty_norm_safe", "the norm of the gradient has a finite derivative at zero"),
        _number("penalty_every", "the penalty is computed every so many discriminator updates"),
        _number("clip_value", "bound of the discriminator's weights after each of its updates", "weight_clip",
                "clip", "clipping_bound", "weight_clipping_bound", "weight_cliping_limit"),
        _flag("clip_after_step", "weights are clipped after the optimiser's step, not before it"),
        _flag("spectral_norm", "the discriminator's layers are spectrally normalised", "d_spectral_norm"),
        _flag("generator_spectral_norm", "the generator's layers are spectrally normalised", "g_spectral_norm"),
    ),
    "networks": (
        _choice("generator_architecture", "mlp dcgan resnet unet style other", "the generator's kind"),
        _choice("discriminator_architecture", "mlp dcgan resnet patch style other", "the discriminator's kind"),
        _choice("generator_output", "tanh sigmoid linear relu clamp", "the last activation of the generator",
                "g_output"),
        _choice("discriminator_normalisation", "none batch layer instance group spectral",
                "normalisation inside the discriminator", "critic_normalisation", "discriminator_normalization",
                "critic_normalization", "d_norm"),
        _choice("generator_normalisation", "none batch layer instance group pixel",
                "normalisation inside the generator", "generator_normalization", "g_norm"),
        _flag("discriminator_mixes_samples", "a sample's score depends on the other samples of its batch"),
        _number("batch_norm_eps", "eps of batch normalisation; 0.8 is the slip BatchNorm2d(C, 0.8)"),
        _flag("normalisation_at_generator_output", "a normalisation layer comes right before the generator's last "
              "activation"),
        _flag("normalisation_at_discriminator_input", "a normalisation layer is the discriminator's first"),
        _number("discriminator_dropout", "probability of dropout in the discriminator"),
        _number("generator_dropout", "probability of dropout in the generator"),
        _choice("discriminator_activation", "leaky_relu relu elu gelu swish tanh sigmoid",
                "the activation between the discriminator's layers"),
        _choice("generator_activation", "relu leaky_relu elu gelu swish tanh sigmoid",
                "the activation between the generator's layers"),
        _number("generator_parameters", "number of the generator's trainable parameters", "g_params"),
        _number("discriminator_parameters", "number of the discriminator's trainable parameters", "d_params"),
        _number("generator_width", "features, or channels, of the generator's widest hidden layer"),
        _number("discriminator_width", "features, or channels, of the discriminator's widest hidden layer"),
        _number("receptive_field", "pixels of one side that a unit of the discriminator's last layer sees"),
        _number("upsampling_kernel", "kernel of the generator's transposed convolutions"),
        _number("upsampling_stride", "stride of the generator's transposed convolutions"),
        _choice("upsampling", "transposed resize pixel_shuffle none", "how the generator grows its maps"),
        _number("latent_dim", "numbers in one latent vector", "z_dim", "nz", "noise_dim", "latent_size", "latents"),
        _choice("latent_distribution", "normal uniform other", "what latents are drawn from", "prior"),
        _flag("latents_fixed", "training uses the same latents again and again"),
        _flag("latents_used", "other latents give other samples"),
        _choice("initialisation", "default dcgan he xavier orthogonal zeros constant other", "how weights begin",
                "weight_init", "init"),
        _flag("output_constant", "the untrained generator gives the same sample for all latents"),
        _flag("minibatch_layer", "the discriminator sees statistics of its batch (stddev, discrimination) or packs"),
        _number("packing", "samples that the discriminator judges at once (PacGAN)"),
        _number("mode_seeking", "weight of the term that rewards different samples for different latents"),
    ),
    "conditioning": (
        _flag("conditional", "both players are told a label"),
        _number("classes", "how many labels there are", "num_classes", "n_classes"),
        _choice("conditioning", "none concatenation embedding projection auxiliary_classifier other",
                "how the discriminator is told the label", "conditional_strategy"),
        _flag("label_reaches_generator", "another label gives another sample"),
        _flag("label_reaches_discriminator", "another label gives another score"),
        _flag("labels_shuffled", "labels do not belong to their samples"),
        _number("label_accuracy", "share of generated samples that a classifier puts into the class asked for"),
        _number("real_label_accuracy", "share of real samples that a classifier puts into the class of their label"),
    ),
    "data": (
        _number("data_min", "smallest value of a real sample as the discriminator sees it"),
        _number("data_max", "largest value of a real sample as the discriminator sees it"),
        _flag("data_normalised", "real samples are scaled to the range that the generator gives", "data_normalized",
              "normalised", "normalized"),
        _number("generator_min", "smallest value that the generator can give"),
        _number("generator_max", "largest value that the generator can give"),
        _number("dataset_size", "real samples to train on", "train_size", "num_images", "n_train"),
        _number("image_size", "pixels of one side", "resolution", "img_size"),
        _number("channels", "colour channels", "img_channels"),
        _number("duplicate_share", "share of the real samples that are copies of another"),
        _flag("shuffled", "the data come in a new order every epoch"),
        _flag("real_cue", "reals carry a trivial mark that fakes cannot have: padding, exact zeros, quantisation"),
        _flag("preprocessing_differs", "reals and fakes are processed differently before the discriminator"),
        _choice("augmentation", "none reals_only both_without_gradient both",
                "what is augmented on the way to the discriminator; only `both` trains the generator right"),
        _number("augmentation_probability", "share of samples that is augmented", "ada_p", "augment_p"),
        _choice("instance_noise", "none reals_only fakes_only both", "what gets noise before the discriminator"),
    ),
    "optimisation": (
        _choice("generator_optimizer", "adam adamw rmsprop sgd sgd_momentum other", "the generator's optimiser"),
        _choice("discriminator_optimizer", "adam adamw rmsprop sgd sgd_momentum other",
                "the discriminator's optimiser"),
        _number("generator_learning_rate", "the generator's learning rate", "g_lr", "lr_g", "lrg", "glr"),
        _number("discriminator_learning_rate", "the discriminator's learning rate", "d_lr", "lr_d", "lrd", "c_lr",
                "critic_lr", "dlr"),
        _number("generator_beta1", "the generator's first Adam coefficient, or its momentum", "beta1_g"),
        _number("discriminator_beta1", "the discriminator's first Adam coefficient, or its momentum", "beta1_d"),
        _number("beta2", "the second Adam coefficient"),
        _number("weight_decay", "weight decay of the discriminator"),
        _number("batch_size", "samples in a batch", "batch", "bs"),
        _number("d_steps", "discriminator updates for one round of the generator", "n_critic", "critic_iters",
                "critic_iterations", "d_iters", "n_dis", "ncritic", "d_steps_per_iter", "n_disc"),
        _number("g_steps", "generator updates in a round", "n_gen", "g_steps_per_iter"),
        _flag("skips_updates", "a player is left out of a step when its loss or accuracy passes a limit"),
        _flag("fakes_detached", "in the discriminator's step fakes carry no graph to the generator", "detached"),
        _flag("generator_gradients_leak", "gradients from the discriminator's step are still there at the generator's"),
        _flag("gradients_zeroed", "gradients are cleared before each backward pass", "zero_grad"),
        _flag("generator_in_optimizer", "the generator's optimiser holds the generator's parameters, all of them"),
        _flag("discriminator_in_optimizer", "the discriminator's optimiser holds the discriminator's, all of them"),
        _flag("optimizers_share_parameters", "one optimiser holds parameters of the other player"),
        _flag("generator_moves", "a step of the generator changes its weights"),
        _flag("discriminator_moves", "a step of the discriminator changes its weights"),
        _number("gradient_clipping", "largest norm of a gradient, where it is bounded"),
        _choice("precision", "float32 float16 bfloat16", "number format of the networks"),
        _flag("loss_scaling", "gradients are scaled against underflow in float16"),
        _flag("ema", "samples are taken from averaged weights"),
        _number("total_steps", "how long the run was to be, in the log's own unit", "total_step", "max_steps"),
        _flag("resumed_without_optimizer", "a resumed run restored weights but not the optimisers' state"),
        _number("processes", "processes or devices that train together"),
    ),
    "what was seen": (
        _flag("excerpt", "what is known of the losses are a few rows that somebody chose, not a run's beginning"),
        _choice(
            "samples",
            "good improving identical few_modes noise blank saturated checkerboard grainy blurry unchanging worse "
            "memorised cycling wrong_class augmented wrong_colours",
            "what the samples look like; no loss can tell",
        ),
        _choice(
            "losses",
            "growing discriminator_wins generator_wins flat discriminator_rises generator_rises swinging",
            "what the losses were seen to do, where there is no log of them",
        ),
        _flag("eval_samples_differ", "samples are good in training mode and bad in evaluation mode"),
        _flag("mode_eval_at_training", "a network is trained while it is in evaluation mode"),
        _flag("nan_seen", "a loss or a sample became no number"),
        FactSpec(
            name="spoken_of", group="", kind="names", choices=FAILURES,
            meaning="the failures that a text sounds like, whatever it states; a guess from its wording",
        ),
        _number("resemblance", "how much the text sounds like the first of them, from 0 to 1"),
        _number("calm", "how much more it sounds like a worry without need than like the first of them; -1 to 1"),
    ),
}  # fmt: skip

VOCABULARY: dict[str, FactSpec] = {
    spec.name: FactSpec(
        name=spec.name, group=group, kind=spec.kind, meaning=spec.meaning, choices=spec.choices, also=spec.also
    )
    for group, specs in _GROUPS.items()
    for spec in specs
}

OTHER_NAMES: dict[str, str] = {other: spec.name for spec in VOCABULARY.values() for other in spec.also}

BOTH_PLAYERS: dict[str, tuple[str, str]] = {
    "learning_rate": ("generator_learning_rate", "discriminator_learning_rate"),
    "lr": ("generator_learning_rate", "discriminator_learning_rate"),
    "optimizer": ("generator_optimizer", "discriminator_optimizer"),
    "beta1": ("generator_beta1", "discriminator_beta1"),
    "b1": ("generator_beta1", "discriminator_beta1"),
    "momentum": ("generator_beta1", "discriminator_beta1"),
}
"""Names that say the same of both players at once."""

OBJECTIVE_NAMES: dict[str, dict[str, bool | float | str]] = {
    "gan": {"objective": "non_saturating"},
    "vanilla": {"objective": "non_saturating"},
    "dcgan": {"objective": "non_saturating"},
    "bce": {"objective": "non_saturating"},
    "logistic": {"objective": "non_saturating"},
    "ns": {"objective": "non_saturating"},
    "nsgan": {"objective": "non_saturating"},
    "non-saturating": {"objective": "non_saturating"},
    "cgan": {"objective": "non_saturating", "conditional": True},
    "acgan": {"objective": "non_saturating", "conditional": True, "conditioning": "auxiliary_classifier"},
    "saturating": {"objective": "minimax"},
    "mmgan": {"objective": "minimax"},
    "lsgan": {"objective": "least_squares"},
    "least-square": {"objective": "least_squares"},
    "mse": {"objective": "least_squares"},
    "sngan": {"objective": "hinge", "spectral_norm": True},
    "sagan": {"objective": "hinge", "spectral_norm": True},
    "biggan": {"objective": "hinge", "spectral_norm": True, "conditional": True},
    "wgan": {"objective": "wasserstein"},
    "wgan-clip": {"objective": "wasserstein", "penalty": "none"},
    "wgan-wc": {"objective": "wasserstein", "penalty": "none"},
    "wgangp": {"objective": "wasserstein", "penalty": "gradient_penalty"},
    "wgan-gp": {"objective": "wasserstein", "penalty": "gradient_penalty"},
    "wgan-lp": {"objective": "wasserstein", "penalty": "one_sided_gradient_penalty"},
    "cwgan-gp": {"objective": "wasserstein", "penalty": "gradient_penalty", "conditional": True},
    "dragan": {"objective": "non_saturating", "penalty": "dragan"},
    "rpgan": {"objective": "relativistic"},
    "r3gan": {"objective": "relativistic", "penalty": "r1_r2"},
    "stylegan": {"objective": "non_saturating", "penalty": "r1"},
    "stylegan2": {"objective": "non_saturating", "penalty": "r1"},
    "stylegan3": {"objective": "non_saturating", "penalty": "r1"},
}
"""What people call a whole method, and the facts that the name stands for."""
