"""Facts in the words in which people list them: what is plain is understood, what is not is refused."""

import pytest

from equipoise.core.errors import SettingError
from equipoise.core.fact_words import told_fact
from equipoise.core.facts import Facts, parsed_fact

WGAN_GP = {"objective": "wasserstein", "penalty": "gradient_penalty"}
BOTH_ADAM = {"generator_optimizer": "adam", "discriminator_optimizer": "adam"}
PLAIN = [
    ("batchSize", "64 per GPU", {"batch_size": 64.0}),
    ("mini batch size", "16", {"batch_size": 16.0}),
    ("images", "40k", {"dataset_size": 40_000.0}),
    ("dataset", "about 5,000 images", {"dataset_size": 5_000.0}),
    ("samples", "1200", {"dataset_size": 1_200.0}),
    ("training images", "1.5 million", {"dataset_size": 1_500_000.0}),
    ("resolution", "1080p", {"image_size": 1_080.0}),
    ("size", "64x64", {"image_size": 64.0}),
    ("critic lr", "1e-4", {"discriminator_learning_rate": 1e-4}),
    ("gen_learning_rate", ".0025", {"generator_learning_rate": 0.0025}),
    ("lr of the generator", "2e-4", {"generator_learning_rate": 2e-4}),
    ("d_eta", "0.00005", {"discriminator_learning_rate": 5e-5}),
    ("dsteps", "5", {"d_steps": 5.0}),
    ("critic_iterations", "5", {"d_steps": 5.0}),
    ("generator_updates", "2", {"g_steps": 2.0}),
    ("optimizer", "plain SGD", {"generator_optimizer": "sgd", "discriminator_optimizer": "sgd"}),
    ("opt_discriminator", "RMSprop", {"discriminator_optimizer": "rmsprop"}),
    (
        "optimizer",
        "Adam(lr=1e-3, beta1=0.5)",
        BOTH_ADAM
        | {"generator_learning_rate": 1e-3, "discriminator_learning_rate": 1e-3}
        | {"generator_beta1": 0.5, "discriminator_beta1": 0.5},
    ),
    ("last layer of the generator", "nn.Tanh()", {"generator_output": "tanh"}),
    ("critic_output_activation", "Sigmoid", {"discriminator_output": "sigmoid"}),
    ("discriminator_activation", "nn.LeakyReLU(0.2)", {"discriminator_activation": "leaky_relu"}),
    ("critic_norm", "BatchNorm", {"discriminator_normalisation": "batch"}),
    ("criterion", "nn.BCEWithLogitsLoss()", {"loss_function": "bce_with_logits"}),
    ("amp", "no", {"precision": "float32"}),
    ("amp", "true", {"precision": "float16"}),
    ("fp16", "off", {"precision": "float32"}),
    ("precision", "model.half()", {"precision": "float16"}),
    ("gradient_penalty", "yes", {"penalty": "gradient_penalty"}),
    ("gradient_penalty", "10", {"penalty": "gradient_penalty", "penalty_weight": 10.0}),
    ("gradient_penalty", "none", {"penalty": "none"}),
    ("data_range", "[-1, 1]", {"data_min": -1.0, "data_max": 1.0}),
    ("generator range", "0 to 1", {"generator_min": 0.0, "generator_max": 1.0}),
    ("label_smoothing", "0.1", {"real_target": 0.9}),
    ("label_smoothing", "0.9", {"real_target": 0.9}),
    ("shuffle", "False", {"shuffled": False}),
    ("ema", "enabled (0.999)", {"ema": True}),
    ("loss", "WGAN-GP loss", WGAN_GP),
    ("gan_type", "gan-gp", WGAN_GP),
    ("method", "WGAN, that is WGAN-GP", WGAN_GP),
    ("objective", "hinge loss", {"objective": "hinge"}),
    ("objective", "CycleGAN", {"objective": "least_squares"}),
    ("objective", "VQGAN", {"objective": "hinge"}),
    ("objective", "stylegan2-ada", {"objective": "non_saturating", "penalty": "r1"}),
    ("objective", "vanilla GAN (BCE)", {"objective": "non_saturating"}),
]
OBSCURE = [
    ("resolution", "8 to 16"),
    ("size", "768x1024"),
    ("batch_size", "2x4"),
    ("batch_size", "it depends"),
    ("learning_rate", "1e-4 for G, 4e-4 for D"),
    ("dataset", "celeba"),
    ("optimizer", "Adam or SGD"),
    ("optimizer", "Ranger"),
    ("objective", "a new GAN of mine"),
    ("epochs", "8"),
    ("g_d_lr", "1e-4"),
    ("amp", "maybe"),
    ("data_range", "unknown"),
    ("", ""),
    ("discriminator_output", "no sigmoid"),
    ("optimizer", "not Adam"),
    ("loss", "anything but not WGAN-GP"),
    ("batch_size", "1e999 per GPU"),
    ("data_range", "0 to 1e999"),
    ("loss", "a hinge loss " + "and so on " * 20),
]


@pytest.mark.parametrize(("name", "text", "facts"), PLAIN)
def test_what_is_plain_is_understood(name, text, facts):
    assert told_fact(name, text) == facts
    Facts(facts)


@pytest.mark.parametrize(("name", "text"), OBSCURE)
def test_what_is_not_plain_is_refused_with_the_vocabularys_own_words(name, text):
    with pytest.raises(SettingError) as told:
        told_fact(name, text)
    with pytest.raises(SettingError) as exact:
        parsed_fact(name, text)
    assert str(told.value) == str(exact.value)


def test_what_stands_in_the_vocabulary_is_taken_as_it_stands():
    assert told_fact("generator_activation", "relu") == {"generator_activation": "relu"}
    assert told_fact("lr", "2e-4") == parsed_fact("lr", "2e-4")
