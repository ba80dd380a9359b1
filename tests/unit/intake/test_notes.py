"""Sentences in the manner of people who ask for help, and what they state."""

import re

import pytest

from equipoise.intake.notes import facts_in_notes

LR = "generator_learning_rate", "discriminator_learning_rate"
BATCH_NORM_IN_BOTH = {"generator_normalisation": "batch", "discriminator_normalisation": "batch"}
GAN = {"objective": "non_saturating"}
WGAN_GP = {"objective": "wasserstein", "penalty": "gradient_penalty"}
DCGAN = {
    "objective": "non_saturating",
    "generator_architecture": "dcgan",
    "discriminator_architecture": "dcgan",
}
ADAM = {"generator_optimizer": "adam", "discriminator_optimizer": "adam"}


def rates(generator, discriminator=None):
    return dict(zip(LR, (generator, discriminator or generator), strict=True))


TABLE = [
    # numbers
    ("My batch size is 64 and lambda is 10.", {"batch_size": 64, "penalty_weight": 10}),
    ("batch-size: 16", {"batch_size": 16}),
    ("I use an lr of 2e-4 for both networks.", rates(2e-4)),
    ("Learning rate is 1e-4 for G and 4e-4 for D.", rates(1e-4, 4e-4)),
    ("The generator's learning rate is 0.001, the critic's is 0.0002.", rates(1e-3, 2e-4)),
    ("lr_g = 1e-4, lr_d = 3e-4", rates(1e-4, 3e-4)),
    ("D lr 4e-4", {"discriminator_learning_rate": 4e-4}),
    ("Both are trained with a learning rate of 0.0002.", rates(2e-4)),
    ("Adam(lr=0.0002, betas=(0.5, 0.999)) is used for both.",
     ADAM | rates(2e-4) | {"generator_beta1": 0.5, "discriminator_beta1": 0.5, "beta2": 0.999}),
    ("I train with Adam, betas (0, 0.9).", ADAM | {"generator_beta1": 0, "discriminator_beta1": 0, "beta2": 0.9}),
    ("Adam with default parameters.", ADAM | {"generator_beta1": 0.9, "discriminator_beta1": 0.9}),
    ("beta1 = 0.9 everywhere", {"generator_beta1": 0.9, "discriminator_beta1": 0.9}),
    ("n_critic=5", {"d_steps": 5}),
    ("The critic is trained 5 times per generator step.", {"d_steps": 5}),
    ("I do 10 critic iterations for each generator update.", {"d_steps": 10}),
    ("The generator is updated 2 times for every discriminator update.", {"g_steps": 2}),
    ("The latent dim is 100.", {"latent_dim": 100}),
    ("nz = 2", {"latent_dim": 2}),
    ("It takes a 128-dimensional noise vector.", {"latent_dim": 128}),
    ("The gradient penalty weight is 10.", {"penalty": "gradient_penalty", "penalty_weight": 10}),
    ("Weights are clipped, clip value 0.01.", {"clip_value": 0.01}),
    ("I clip the weights to [-0.01, 0.01] after every step.", {"clip_value": 0.01}),
    ("My dataset has only 500 images.", {"dataset_size": 500}),
    ("I have about 5k images.", {"dataset_size": 5000}),
    ("Trained on 4 GPUs with DDP.", {"processes": 4}),
    ("There are 10 classes.", {"classes": 10}),
    ("The images are 64x64.", {"image_size": 64}),
    ("Weight decay 1e-4 in the optimizer.", {"weight_decay": 1e-4}),
    ("gradient clipping with norm 1.0", {"gradient_clipping": 1}),
    ("real labels are 0.9 and fake labels are 0.1", {"real_target": 0.9, "fake_target": 0.1}),
    ("BatchNorm2d(128, 0.8) after each conv of the generator",
     {"generator_normalisation": "batch", "batch_norm_eps": 0.8}),
    ("ConvTranspose2d with kernel size 3 and stride 2",
     {"upsampling": "transposed", "upsampling_kernel": 3, "upsampling_stride": 2}),
    # ranges
    ("Images are scaled to [0, 1].", {"data_min": 0, "data_max": 1}),
    ("pixel values 0-255", {"data_min": 0, "data_max": 255}),
    ("The data is normalized between -1 and 1.", {"data_min": -1, "data_max": 1}),
    ("I divide the images by 255.", {"data_min": 0, "data_max": 1}),
    # networks
    ("There is a sigmoid at the end of the discriminator.", {"discriminator_output": "sigmoid"}),
    ("The critic ends with a sigmoid.", {"discriminator_output": "sigmoid"}),
    ("I removed the sigmoid from the discriminator.", {"discriminator_output": "linear"}),
    ("There's no sigmoid in the critic.", {"discriminator_output": "linear"}),
    ("The last layer of D is a Sigmoid and G ends in Tanh.",
     {"discriminator_output": "sigmoid", "generator_output": "tanh"}),
    ("The generator has a tanh output.", {"generator_output": "tanh"}),
    ("The generator uses a sigmoid as its last layer.", {"generator_output": "sigmoid"}),
    ("I have batchnorm in the critic.", {"discriminator_normalisation": "batch"}),
    ("I use BatchNorm in both.", BATCH_NORM_IN_BOTH),
    ("No batch norm in the critic.", {"discriminator_normalisation": "none"}),
    ("The critic does not use batch normalization.", {"discriminator_normalisation": "none"}),
    ("Instance norm in the discriminator.", {"discriminator_normalisation": "instance"}),
    ("Spectral normalization is applied to all layers of D.", {"spectral_norm": True}),
    ("Batch norm in the generator but no normalization in the critic.",
     {"generator_normalisation": "batch", "discriminator_normalisation": "none"}),
    ("RMSprop for both.", {"generator_optimizer": "rmsprop", "discriminator_optimizer": "rmsprop"}),
    ("SGD for the discriminator and Adam for the generator.",
     {"discriminator_optimizer": "sgd", "generator_optimizer": "adam"}),
    # losses and methods
    ("I implemented a DCGAN for MNIST.", DCGAN),
    ("I'm training a WGAN-GP on CelebA.", WGAN_GP),
    ("The loss is nn.BCELoss().", GAN | {"loss_function": "bce"}),
    ("criterion = nn.BCEWithLogitsLoss()", GAN | {"loss_function": "bce_with_logits"}),
    ("It's trained with hinge loss.", {"objective": "hinge"}),
    ("LSGAN with a patch discriminator", {"objective": "least_squares"}),
    ("I use the non-saturating loss.", {"objective": "non_saturating"}),
    ("The generator uses the saturating loss.", {"objective": "minimax"}),
    # code
    ("I forgot to detach the fakes in the D step.", {"fakes_detached": False}),
    ("The fakes are passed to D without .detach().", {"fakes_detached": False}),
    ("create_graph=True is set in autograd.grad.", {"penalty_reaches_weights": True}),
    ("The penalty is computed without create_graph.", {"penalty_reaches_weights": False}),
    ("I call optimizer.zero_grad() before each backward.", {"gradients_zeroed": True}),
    ("There was no zero_grad in my loop.", {"gradients_zeroed": False}),
    ("I used one optimizer for both networks.", {"optimizers_share_parameters": True}),
    ("The loader has shuffle=False.", {"shuffled": False}),
    # what was seen
    ("After 20 epochs all images look the same.", {"samples": "identical"}),
    ("The generator produces the same image for every noise vector.", {"samples": "identical"}),
    ("I'm getting mode collapse.", {"samples": "few_modes"}),
    ("It outputs only noise.", {"samples": "noise"}),
    ("The generated images look like random noise.", {"samples": "noise"}),
    ("I only get grey images.", {"samples": "blank"}),
    ("All outputs are black.", {"samples": "blank"}),
    ("There are checkerboard artifacts.", {"samples": "checkerboard"}),
    ("The samples are blurry.", {"samples": "blurry"}),
    ("The images look good.", {"samples": "good"}),
    ("The samples keep getting better.", {"samples": "improving"}),
    ("The generated digits do not match their labels.", {"samples": "wrong_class"}),
    ("The results get worse after epoch 50.", {"samples": "worse"}),
    ("The loss became NaN.", {"nan_seen": True}),
    ("Why do all my images look the same?", {"samples": "identical"}),
    ("Why does the generator only produce noise?", {"samples": "noise"}),
    # negations, questions, plans, others, and words that only sound alike
    ("Should I use batch norm in the critic?", {}),
    ("Could it be mode collapse?", {}),
    ("Is a sigmoid in the discriminator wrong?", {}),
    ("Do I need a learning rate of 1e-4?", {}),
    ("What happens if lambda is 100?", {}),
    ("Maybe batch norm in the critic is the problem.", {}),
    ("I tried learning rates of 1e-3 and 1e-5.", {}),
    ("I have tried batch sizes 16, 32 and 64.", {}),
    ("The paper uses lambda = 10.", {}),
    ("You should remove the sigmoid from the critic.", {}),
    ("If I add batch norm to the critic it diverges.", {}),
    ("There is no mode collapse.", {}),
    ("The images do not look good.", {}),
    ("I feed a random noise vector to it.", {}),
    ("The real images look fine.", {}),
    ("They are black and white images of digits.", {}),
    ("The losses look good.", {}),
    ("No NaN so far.", {}),
    ("Previously I had a batch size of 32.", {}),
    ("I want to use spectral normalization later.", {}),
    ("Here is my training log.", {}),
    ("Thanks in advance for any help!", {}),
    ("The generator's output has the same size as the real one.", {}),
    ("When I remove the sigmoid, the loss explodes.", {}),
    ("I switched from DCGAN to WGAN-GP.", {}),
    ("The noise is sampled from a normal distribution.", {}),
    ("Learning rate 1e-3 or 1e-4, it makes no difference.", {}),
    ("I plot fixed noise samples every epoch.", {}),
    ("For the discriminator I use SGD with lr 0.01, and for generator Adam with lr 0.001.",
     rates(1e-3, 1e-2) | {"discriminator_optimizer": "sgd", "generator_optimizer": "adam"}),
    ("The learning rate is 10^-4.", rates(1e-4)),
    ("Some of the images are black.", {}),
    ("The quality of the images is good, but diversity is low.", {"samples": "few_modes"}),
    ("My discriminator uses LayerNorm instead of BatchNorm as suggested in the paper.",
     {"discriminator_normalisation": "layer"}),
    ("I don't normalize, pixel values are 0-255.", {"data_min": 0, "data_max": 255, "data_normalised": False}),
    ("I train it on 300 images.", {"dataset_size": 300}),
    ("The FID is 30 on 50k images.", {}),
    ("The images look good during training but in eval mode they are garbage.", {"eval_samples_differ": True}),
    # losses in words
    ("The generator loss keeps increasing while the discriminator loss goes to 0.", {"losses": "discriminator_wins"}),
    ("D loss is 0.0001 after 2 epochs.", {"losses": "discriminator_wins"}),
    ("My discriminator accuracy is 100% after one epoch.", {"losses": "discriminator_wins"}),
    ("Why does the critic loss keep increasing?", {"losses": "discriminator_rises"}),
    ("The generator loss goes to zero immediately.", {"losses": "generator_wins"}),
    ("Both losses are stuck at 0.69.", {"losses": "flat"}),
    ("The loss explodes after 3000 steps.", {"losses": "growing"}),
    ("The losses oscillate a lot.", {"losses": "swinging"}),
    ("G loss increases steadily but the images look good", {"losses": "generator_rises", "samples": "good"}),
    ("The D loss does not go to zero.", {}),
    ("The discriminator loss is around 0.5 and generator loss around 1.", {}),
    ("The images do not all look the same.", {}),
    # longer ones
    ("Hi all, I'm trying to train a WGAN-GP on a custom dataset of 3000 x-ray images (256x256, grayscale).",
     WGAN_GP | {"dataset_size": 3000, "image_size": 256}),
    ("My discriminator has 5 conv layers with LeakyReLU(0.2) and BatchNorm, and ends with a Linear layer.",
     {"discriminator_normalisation": "batch"}),
    ("I didn't normalize the images, so pixel values are between 0 and 255.",
     {"data_min": 0, "data_max": 255, "data_normalised": False}),
    ("My generator uses tanh so the outputs are in [-1, 1], but the images are in [0, 1].",
     {"generator_output": "tanh", "data_min": 0, "data_max": 1}),
    ("I used nn.Tanh() in the generator, but did not rescale images to [-1,1].",
     {"generator_output": "tanh", "data_normalised": False}),
    ("I noticed that I had forgotten to call optimizer_D.zero_grad().", {"gradients_zeroed": False}),
    ("I train the discriminator twice for every generator update.", {"d_steps": 2}),
    ("I replaced BatchNorm with LayerNorm in the critic.", {"discriminator_normalisation": "layer"}),
    ("I don't use any normalization in the critic.", {"discriminator_normalisation": "none"}),
    ("The images get better and better but the loss goes up, is this normal?", {"samples": "improving"}),
    ("In eval mode the generator produces garbage, in train mode the images are fine.", {"eval_samples_differ": True}),
    ("Learning rates: G 1e-4, D 4e-4", rates(1e-4, 4e-4)),
    ("I do not clip the weights because I use gradient penalty.", {"clip_value": 0, "penalty": "gradient_penalty"}),
    ("lr=0.0002, b1=0.5, b2=0.999, batch_size=128, latent_dim=100, n_critic=5",
     rates(2e-4) | {"generator_beta1": 0.5, "discriminator_beta1": 0.5, "beta2": 0.999, "batch_size": 128,
                    "latent_dim": 100, "d_steps": 5}),
    ("The labels are ignored, it always generates the same class regardless of the label.", {"samples": "wrong_class"}),
    ("I augment only the real images.", {"augmentation": "reals_only"}),
    ("Real and fake labels were swapped by mistake.", {"labels_swapped": True}),
    ("The model is memorizing the training data.", {"samples": "memorised"}),
    ("After resuming without loading the optimizer state the loss jumped.", {"resumed_without_optimizer": True}),
    ("The default lambda of 10 didn't work so I set it to 1.", {}),
    ("I changed the learning rate to 1e-5 and the problem disappeared.", {}),
    ("The samples are all the same color.", {"samples": "blank"}),
    ("The FID went down from 200 to 30 and then went up to 300.", {"samples": "worse"}),
    ("I lowered the learning rate from 1e-3 to 1e-4.", {}),
    ("I checked that the gradients are not NaN.", {}),
    ("D(x) is around 0.9 and D(G(z)) is around 0.05.", {}),
]  # fmt: skip


@pytest.fixture(scope="module")
def readings():
    return [(sentence, _of_a_critic(sentence) | wanted, _stated(sentence)) for sentence, wanted in TABLE]


def _stated(sentence):
    return dict(facts_in_notes(sentence).facts)


def _of_a_critic(sentence):
    """Who speaks of a critic, and of no other loss, plays the Wasserstein game."""
    return {"objective": "wasserstein"} if re.search(r"\bcritic\b", sentence) else {}


def test_nothing_false_is_read_and_little_is_missed(readings):
    wrong = {
        sentence: {name: value for name, value in found.items() if wanted.get(name) != value}
        for sentence, wanted, found in readings
    }
    missed = {
        sentence: {name: value for name, value in wanted.items() if found.get(name) != value}
        for sentence, wanted, found in readings
    }
    stated = sum(len(wanted) for _, wanted, _ in readings)
    assert {sentence: facts for sentence, facts in wrong.items() if facts} == {}
    assert sum(map(len, missed.values())) / stated <= 0.02, {s: f for s, f in missed.items() if f}


def test_there_is_enough_to_judge_by(readings):
    assert len(readings) >= 110
    assert sum(not wanted for _, wanted, _ in readings) >= 25


def test_what_states_nothing_is_listed():
    reading = facts_in_notes("Batch size 64. Hello everybody! Should I use dropout?")
    assert [said.sentence for said in reading.understood] == ["Batch size 64."]
    assert reading.not_understood == ("Hello everybody!", "Should I use dropout?")


def test_statements_that_contradict_each_other_cancel():
    reading = facts_in_notes("The batch size is 64. The batch size is 128. Lambda is 10.")
    assert dict(reading.facts) == {"penalty_weight": 10}
    assert reading.not_understood == ("The batch size is 64.", "The batch size is 128.")


def test_the_last_complaint_about_samples_counts_and_praise_does_not_take_it_back():
    assert facts_in_notes("The samples are blurry. Then all images look the same.").facts["samples"] == "identical"
    assert facts_in_notes("I only get noise. With another seed the images look good.").facts["samples"] == "noise"
    assert facts_in_notes("The images look good. Now I only get noise.").facts["samples"] == "noise"


def test_of_several_complaints_about_losses_the_gravest_counts():
    text = "The generator loss is rising. The loss explodes later. The losses oscillate."
    assert facts_in_notes(text).facts["losses"] == "growing"


def test_a_text_of_several_lines_is_read_as_a_whole():
    text = """I'm training a WGAN-GP on 64x64 faces. My settings:
    - batch size 64
    - lambda 10
    - Adam with betas (0, 0.9), learning rate 1e-4
    The critic has batch norm, but the generator only outputs noise. Should I use more critic steps?"""
    reading = facts_in_notes(text)
    assert _stated(text) == WGAN_GP | ADAM | rates(1e-4) | {
        "image_size": 64,
        "batch_size": 64,
        "penalty_weight": 10,
        "generator_beta1": 0,
        "discriminator_beta1": 0,
        "beta2": 0.9,
        "discriminator_normalisation": "batch",
        "samples": "noise",
    }
    assert reading.not_understood == ("My settings:", "Should I use more critic steps?")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n\n",
        "x" * 300_000,
        "a " * 100_000,
        "(" * 5_000,
        "not " * 20_000,
        "lambda is 10^999",
        "batch size 1e999",
        "lr: 10^-999",
        "clip_value=inf",
        "batch_size=1e999",
        "\x00\x01 \ufffd",
    ],
)
def test_strange_texts_are_read_in_no_time(text):
    assert dict(facts_in_notes(text).facts) == {}
