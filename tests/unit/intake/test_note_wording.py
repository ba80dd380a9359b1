"""Classes of wording: typos, double negation, advice, code in place of words, and other frameworks' idioms."""

import pytest

from equipoise.intake.notes import facts_in_notes

SAID: list[tuple[str, dict[str, object]]] = [
    # typos, and apostrophes left out
    ("the discriminater ends in a sigmod", {"discriminator_output": "sigmoid"}),
    ("The fakes arent detached", {"fakes_detached": False}),
    # what was not taken away is there
    ("I forgot to remove the sigmoid from the discriminator's output", {"discriminator_output": "sigmoid"}),
    # a call that is missing, said behind it
    ("optimizer.zero_grad() missing before d_loss.backward()", {"gradients_zeroed": False}),
    ("opt_g.zero_grad() twice, opt_d.zero_grad() not at all", {"gradients_zeroed": False}),
    ("netD.zero_grad() is called outside of the loop", {"gradients_zeroed": False}),
    # code in place of words
    ("g_loss = bce(D(G(z)), tf.zeros_like(pred))", {"generator_sign_wrong": True}),
    ("g_loss = mse(pred, torch.zeros_like(pred))", {"generator_sign_wrong": True}),
    ("loss_g = -criterion(D(fake), ones)", {"generator_sign_wrong": True}),
    ("self.combined.train_on_batch(noise, fake) with fake = np.zeros", {"generator_sign_wrong": True}),
    ("D_loss_real uses zeros_like and D_loss_fake uses ones_like for its targets", {"labels_swapped": True}),
    ("critic minimises mean(real) - mean(fake), should be the other way round", {"discriminator_sign_wrong": True}),
    ("optimizerD was built with netG.parameters(), a copy paste error", {"discriminator_in_optimizer": False}),
    ("g_vars = [v for v in t_vars if 'g_' in v.name] is an empty list", {"generator_moves": False}),
    ("The argmax between G and D stops gradients, so the generator never learns", {"generator_moves": False}),
    ("gen_loss is just minus the discriminator's loss", {"objective": "minimax"}),
    ("createGraph is left at false in the inner tape", {"penalty_reaches_weights": False}),
    ("use_sigmoid is on together with use_lsgan", {"discriminator_output": "sigmoid"}),
    # the same fault in other words
    ("wgan, compiled with binary crossentropy as its loss", {"objective": "wasserstein", "loss_function": "bce"}),
    ("The GP isn't summed with the discriminator's loss anywhere", {"penalty_reaches_weights": False}),
    ("The mixing weight is one scalar for the complete minibatch", {"penalty_interpolation": "per_batch"}),
    ("The mixing factor is tf.random.normal([b, 1, 1, 1])", {"penalty_coefficient": "normal"}),
    ("my generator applies BN to its output layer", {"normalisation_at_generator_output": True}),
    ("SN is in every layer of the critic", {"spectral_norm": True}),
    ("The weights are only clipped after an epoch", {"clip_after_step": False}),
    ("gaussian noise is added to real inputs only", {"instance_noise": "reals_only"}),
    ("DiffAugment is called for reals but not for fakes", {"augmentation": "reals_only"}),
    ("I get 4 images per batch", {"batch_size": 4.0}),
    ("The output does not depend on the class I ask for", {"samples": "wrong_class"}),
    ("The images are good, then noisy, some epochs later they are good again", {"samples": "cycling"}),
    ("the generator can't keep up with the discriminator", {"losses": "discriminator_wins"}),
    ("with is_training=False the samples are rubbish", {"eval_samples_differ": True}),
]

NOT_SAID = [
    # advice of a paper is no statement
    ("The paper explicitly says to avoid batch norm in the critic", "discriminator_normalisation"),
    # which of a critic's two scores is taken from the other says nothing before it is known what is minimised
    ("D_loss = mean(D_real) - mean(D_fake), and the solver minimizes -D_loss", "discriminator_sign_wrong"),
    ("I set requires_grad = False for D in G's step and it is set back to True", "discriminator_moves"),
    ("Every z gives the same face", "latents_fixed"),
    ("All samples are identical no matter the noise", "latents_used"),
    ("The weights are clipped after each update, not before it, of the critic", "discriminator_moves"),
    ("The labels are shuffled together with the images", "labels_shuffled"),
    ("My D loss is 0.5 and my G loss is 0.7", "losses"),
    (
        "There is batch norm in all layers of G except the last layer of the generator",
        "normalisation_at_generator_output",
    ),
    ("g_loss = bce(D(G(z)), torch.ones_like(pred))", "generator_sign_wrong"),
    ("The generator fools D easily", "generator_moves"),
]


@pytest.mark.parametrize(("text", "facts"), SAID)
def test_wording_that_states_a_fact(text, facts):
    assert facts.items() <= {**facts_in_notes(text).facts}.items()


@pytest.mark.parametrize(("text", "fact"), NOT_SAID)
def test_wording_that_only_comes_near_to_a_fact(text, fact):
    assert fact not in facts_in_notes(text).facts
