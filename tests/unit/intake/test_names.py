"""Names of columns, as programs write them."""

import pytest

from equipoise.intake.names import axis_of, is_averaged, meaning_of

NAMES = {
    "d_loss": "d_loss errD loss_D lossD Loss_D dis_loss disc_loss D_loss critic_loss C_loss dLoss loss/D Loss/D/loss "
    "discriminator_loss Discriminator_loss train/d_loss_step d_loss_epoch exp3/d_loss netD_loss 判别器损失 "
    "l_d_total D_logloss",
    "g_loss": "g_loss errG loss_G lossG gen_loss Generator_loss Loss/G/loss train/g_loss gLoss 生成器损失",
    "d_loss_real": "l_d_real lossD_real D_loss_real loss_d_real real_loss",
    "d_loss_fake": "lossD_fake D_loss_fake loss_d_fake errD_fake",
    "d_real": "D(x) D(HR) D_x d_real Loss/scores/real real_score real_logits D(real) C(x) real_pred "
    "real_validity out_d_real",
    "d_fake": "D(G(z)) D(SR) D_G_z1 DGZ d_fake Loss/scores/fake fake_score fake_logits D(fake) critic(fake)",
    "d_fake_later": "D_G_z2",
    "w": "W-distance wasserstein wasserstein_distance w_dist em EMD Wasserstein_estimate",
    "gp": "gp GP gradient_penalty grad_penalty gp_loss",
    "r1": "r1 Loss/r1_penalty",
    "accuracy": "acc d_acc D_accuracy",
    "accuracy_real": "real_acc acc_real d_acc_real",
    "lr": "lr learning_rate",
    "lr_d": "lr_d d_lr",
    "fid": "FID fid_score",
    "kid": "KID",
    "inception": "IS Inception_score",
    "augmentation": "ada_p augment Progress/augment",
    "sign_real": "Loss/signs/real",
    "held_out": "val_d_loss val/g_loss",
    "g_adversarial": "G_GAN g_adv_loss l_g_gan",
}


@pytest.mark.parametrize(
    ("name", "meaning"), [(name, meaning) for meaning, all_ in NAMES.items() for name in all_.split()]
)
def test_the_usual_names_are_known(name, meaning):
    assert meaning_of(name) == meaning


@pytest.mark.parametrize("name", ["D loss", "Discriminator loss", "loss D", "D loss (total)", "Critic Loss"])
def test_names_may_be_words(name):
    assert meaning_of(name) == "d_loss"


@pytest.mark.parametrize(
    "name",
    [
        "G_L1",
        "loss",
        "cls_loss",
        "best_fid",
        "Loss/pl_penalty",
        "idt_A",
        "conv2d",
        "x",
        "",
        "generator_params",
        "a/b/c",
    ],
)
def test_what_is_not_understood_is_not_guessed(name):
    assert meaning_of(name) is None


@pytest.mark.parametrize("path", ["logits/real", "samples/mean_shift", "separation/held_out_ranking", "penalty/dragan"])
def test_our_own_signals_mean_themselves(path):
    assert meaning_of(path) == path


@pytest.mark.parametrize(
    ("name", "axis"),
    [
        ("Epoch", "epoch"), ("iters", "counter"), ("global_step", "counter"), ("_step", "counter"),
        ("Progress/kimg", "kimg"), ("cur_nimg", "images"), ("trainer/global_step", "counter"), ("d_loss", None),
    ],
)  # fmt: skip
def test_axes_are_known(name, axis):
    assert axis_of(name) == axis


def test_a_mean_over_an_epoch_says_so():
    assert is_averaged("d_loss_epoch")
    assert not is_averaged("epoch")
    assert not is_averaged("d_loss_step")
