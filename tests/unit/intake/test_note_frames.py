"""The same faults in the words of many people: what each states at least, and texts that state nothing of the kind."""

import pytest

from equipoise.intake.notes import facts_in_notes

FROZEN_D, FROZEN_G = {"discriminator_moves": False}, {"generator_moves": False}
NORM = {"penalty_norm": "per_channel"}
UNWIRED = {"penalty_reaches_weights": False}
SHARED = {"optimizers_share_parameters": True}
SIGN = {"generator_sign_wrong": True}
SIGMOID = {"discriminator_output": "sigmoid"}
CRITIC_BN = {"discriminator_normalisation": "batch"}
WORSE, SAME, FEW = {"samples": "worse"}, {"samples": "identical"}, {"samples": "few_modes"}
WINS = {"losses": "discriminator_wins"}
LEAK = {"samples": "augmented"}

STATED = [
    # penalties
    ("My images are 3x64x64 and I do grad.norm(2, dim=1) for the gradient penalty.", NORM),
    ("The gradient norm is computed along the channel dimension only.", NORM),
    ("gp = ((grads.norm(2, 1) - 1) ** 2).mean() where grads is of shape (64, 3, 32, 32)", NORM),
    ("slopes are summed over axis=1 but the input is an image batch (N, H, W, C)", NORM),
    ("I take the norm of the gradient without flattening it first, dim=1.", NORM),
    ("The penalty norm is taken over one axis only, my images have 4 dims.", NORM),
    ("One norm is computed for the whole batch, not one per sample.", {"penalty_norm": "whole_batch"}),
    ("alpha is sampled per pixel instead of per image", {"penalty_interpolation": "per_element"}),
    ("epsilon has the same shape as the images when I interpolate", {"penalty_interpolation": "per_element"}),
    ("alpha = np.random.rand() , so all samples of a batch get the same alpha", {"penalty_interpolation": "per_batch"}),
    ("the interpolation uses alpha = torch.randn(B,1,1,1)", {"penalty_coefficient": "normal"}),
    ("NaN after a while. The norm in the gp is sqrt(sum(grad**2)) with no epsilon", {"penalty_norm_safe": False}),
    ("The gradient penalty is computed but never added to the loss.", UNWIRED),
    ("gradient_penalty() is not called anywhere", UNWIRED),
    ("I forgot create_graph=True in autograd.grad for the penalty.", UNWIRED),
    ("The gp I log is always exactly 0.", UNWIRED),
    ("gp.item() is what I add to the critic loss", UNWIRED),
    ("The gradient for the penalty is taken of the sigmoid output instead of the logits.", SIGMOID),
    # outputs and losses
    ("The critic's final layer is Dense(1, activation='sigmoid').", SIGMOID),
    ("class Critic: self.out = nn.Sequential(nn.Linear(256, 1), nn.Sigmoid())", SIGMOID),
    ("I still have nn.Sigmoid() as the last layer of my critic", SIGMOID),
    ("D ends with F.sigmoid(x)", SIGMOID),
    ("Why is there a sigmoid at the end of the critic?", SIGMOID),
    ("Shouldn't the sigmoid be removed from the last layer of the discriminator?", SIGMOID),
    ("return torch.sigmoid(self.fc(x)) in the discriminator's forward", SIGMOID),
    ("the loss is BCEWithLogitsLoss", {"loss_function": "bce_with_logits"}),
    ("BinaryCrossentropy(from_logits=True) is my loss", {"loss_function": "bce_with_logits"}),
    ("criterion = nn.BCELoss()", {"loss_function": "bce"}),
    ("discriminator.compile(loss='binary_crossentropy', optimizer=opt)", {"loss_function": "bce"}),
    ("The discriminator has no activation on its last layer.", {"discriminator_output": "linear"}),
    # normalisation
    ("There are BatchNorm2d layers in every block of the critic.", CRITIC_BN),
    ("Both networks use batch norm.", CRITIC_BN),
    ("the critic contains BN", CRITIC_BN),
    ("Is it on purpose that the critic has batch normalization?", CRITIC_BN),
    ("nn.BatchNorm2d(64, 0.8) everywhere", {"batch_norm_eps": 0.8}),
    ("the generator has a batchnorm layer directly before the tanh", {"normalisation_at_generator_output": True}),
    # signs and targets
    ("loss_G = torch.mean(D(fake))", SIGN),
    ("g_loss = critic(fake).mean()", SIGN),
    ("I forgot the minus sign in the generator loss.", SIGN),
    ("The generator minimizes the critic's score of its samples.", SIGN),
    ("The generator is trained with labels of zeros.", SIGN),
    ("real images get label 0 and fake images get label 1, and the generator is trained with label 1 too",
     {"labels_swapped": True}),
    # who learns
    ("optimizer_D.step() is missing", FROZEN_D),
    ("I never call opt_d.step().", FROZEN_D),
    ("The discriminator weights are identical before and after training.", FROZEN_D),
    ("discriminator.trainable = False is set before discriminator.compile()", FROZEN_D),
    ("I call discriminator.trainable = False and never set it back to True.", FROZEN_D),
    ("requires_grad of netD is set to False and never switched on again", FROZEN_D),
    ("The weights of D do not change at all", FROZEN_D),
    ("optimizerD = Adam(netG.parameters(), lr=2e-4)", {"discriminator_in_optimizer": False}),
    ("optimizer_G = Adam(netD.parameters())", {"generator_in_optimizer": False}),
    ("In the generator step I pass fake.detach() to the discriminator.", FROZEN_G),
    ("The generator's gradients are None.", FROZEN_G),
    ("The generator does not receive any gradient.", FROZEN_G),
    ("The generator is not updated at all.", FROZEN_G),
    ("with torch.no_grad(): fake = G(z) is also used for the generator loss", FROZEN_G),
    ("g_optimizer.step() is never called", FROZEN_G),
    ("Adam(list(G.parameters()) + list(D.parameters()), lr=2e-4) is my only optimizer", SHARED),
    ("The same optimizer is used for both networks.", SHARED),
    ("opt.minimize(g_loss) without var_list", SHARED),
    ("The discriminator is not frozen when the combined model is trained.", SHARED),
    ("fake images are not detached in the discriminator step", {"fakes_detached": False}),
    ("I forgot to detach the fake batch.", {"fakes_detached": False}),
    ("zero_grad() is not called for the discriminator", {"gradients_zeroed": False}),
    ("gradients are never reset between steps", {"gradients_zeroed": False}),
    ("I never call optimizer.zero_grad()", {"gradients_zeroed": False}),
    ("optimizer_D.zero_grad() is called at the start of every step.", {"gradients_zeroed": None}),  # the other's?
    # clipping
    ("WGAN without weight clipping", {"clip_value": 0}),
    ("It is a WGAN but I don't clip the weights of the critic.", {"clip_value": 0}),
    ("weights are clamped before optimizer.step()", {"clip_after_step": False}),
    # latents and labels
    ("The same noise vector is used in every training iteration.", {"latents_fixed": True}),
    ("z is sampled once before the training loop.", {"latents_fixed": True}),
    ("fixed_noise is used to train the generator in each step", {"latents_fixed": True}),
    ("The noise has no effect on the output.", {"latents_used": False}),
    ("The vector z is completely ignored by the generator.", {"latents_used": False}),
    ("The labels are never passed to the generator.", {"label_reaches_generator": False}),
    ("labels are not concatenated to the input of G", {"label_reaches_generator": False}),
    ("The class labels and images are mismatched in my loader.", {"labels_shuffled": True}),
    ("images do not match their labels, they were shuffled independently", {"labels_shuffled": True}),
    ("The generated digit has nothing to do with the label I ask for.", {"samples": "wrong_class"}),
    # data
    ("I load images as uint8 and feed them directly, generator ends in tanh", {"data_normalised": False}),
    ("images are in [0,1] from ToTensor(), and G has a Tanh",
     {"data_min": 0, "data_max": 1, "generator_output": "tanh"}),
    ("pixel values go from 0 to 255", {"data_min": 0, "data_max": 255}),
    ("I didn't normalize the images", {"data_normalised": False}),
    ("The images are normalised twice, first x / 255 and then x / 127.5 - 1.", {"data_normalised": False}),
    ("real images have black borders, the generated ones do not", {"real_cue": True}),
    ("real images were saved as jpeg, the fake ones were not", {"real_cue": True}),
    ("I have 600 photos of my dog", {"dataset_size": 600}),
    ("trained on a few hundred images", {"dataset_size": 300}),
    ("my dataset: 2,300 paintings", {"dataset_size": 2300}),
    ("the dataset is very small", {"dataset_size": 1000}),
    ("about 12k training images", {"dataset_size": 12000}),
    ("data loader with shuffle=False, sorted by class", {"shuffled": False}),
    ("the batches come sorted by class", {"shuffled": False}),
    # augmentation
    ("augment p climbs to 1.0 within 2000 kimg", {"augmentation_probability": 1}),
    ("ADA p is at 0.95 and still rising", {"augmentation_probability": 0.95}),
    ("augment went from 0 to 0.35", {"augmentation_probability": 0.35}),
    ("generated images are rotated and have strange colours like the augmented ones", LEAK),
    ("The cutout holes appear in generated images.", LEAK),
    ("I only augment the real images with flips and rotations", {"augmentation": "reals_only"}),
    # resume and evaluation
    ("After resuming, quality got worse; the checkpoint has no optimizer state.", {"resumed_without_optimizer": True}),
    ("I only save G and D weights, when I continue training Adam starts fresh", {"resumed_without_optimizer": True}),
    ("With model.eval() the outputs are noise, in train mode they look fine", {"eval_samples_differ": True}),
    ("At inference (netG.eval()) the faces are garbage but during training they look great",
     {"eval_samples_differ": True}),
    # samples
    ("FID went from 12 to 250 overnight", WORSE),
    ("FID suddenly jumped to 300", WORSE),
    ("Good faces until epoch 40, then they got worse and worse", WORSE),
    ("images look nice at first, later they collapse into noise", WORSE),
    ("every latent vector gives the same face", SAME),
    ("all generated images are nearly identical", SAME),
    ("It outputs the exact same image no matter what noise I feed", SAME),
    ("No diversity in the samples", FEW),
    ("generator only produces the digit 1", FEW),
    ("after 20k iterations only ones and sevens are generated", FEW),
    ("only 3 of the 10 digits are ever generated", FEW),
    ("the model collapsed after 10 epochs", FEW),
    ("outputs are just static noise", {"samples": "noise"}),
    ("The generated images are completely black", {"samples": "blank"}),
    ("I get a checkered texture in all outputs", {"samples": "checkerboard"}),
    ("fine grid artifacts in every image", {"samples": "checkerboard"}),
    ("outputs are blurry", {"samples": "blurry"}),
    ("The results never improve after epoch 3", {"samples": "unchanging"}),
    ("it reproduces the training images", {"samples": "memorised"}),
    ("On the training images results look sharp, on the test images they are blurry.", {"samples": "memorised"}),
    # losses
    ("D loss drops to 0 after a few iterations", WINS),
    ("discriminator loss is 0.0001 and generator loss is 15", WINS),
    ("the discriminator becomes too strong", WINS),
    ("D accuracy is 100% from the second epoch", WINS),
    ("the discriminator beats the generator easily", WINS),
    ("generator loss keeps increasing while the discriminator loss keeps decreasing", WINS),
    ("critic loss goes to minus one million", {"losses": "growing"}),
    ("both losses explode to 1e8", {"losses": "growing"}),
    ("the losses keep oscillating", {"losses": "swinging"}),
    ("Loss becomes nan after 3 epochs", {"nan_seen": True}),
    # set-up
    ("trained on 8 GPUs", {"processes": 8}),
    ("using DataParallel with the penalty", {"processes": 2}),
    ("the model is wrapped in DistributedDataParallel", {"processes": 2}),
    ("--amp is switched on", {"precision": "float16"}),
    ("autocast + GradScaler", {"precision": "float16"}),
    ("The generator and the critic are updated once each per iteration", {"d_steps": 1}),
    ("n_critic is 1", {"d_steps": 1}),
    ("real labels 0.9, fake labels 0.1", {"real_target": 0.9, "fake_target": 0.1}),
    ("ConvTranspose2d(256, 128, 3, stride=2, padding=1)", {"upsampling_kernel": 3, "upsampling_stride": 2}),
    ("nn.ConvTranspose2d(128, 64, kernel_size=5, stride=2)", {"upsampling_kernel": 5, "upsampling_stride": 2}),
    ("Conv2DTranspose(64, (5, 5), strides=(2, 2), padding='same')", {"upsampling_kernel": 5, "upsampling_stride": 2}),
    ("lambda_gp = 0.0001", {"penalty_weight": 0.0001}),
    ("optimizer_G = Adam(G.parameters(), lr=0.01)", {"generator_learning_rate": 0.01}),
    ("lr=0.05", {"generator_learning_rate": 0.05, "discriminator_learning_rate": 0.05}),
]  # fmt: skip

NOT_STATED = [
    ("Should I add a sigmoid to the critic?", "discriminator_output"),
    ("Is batch norm allowed in the critic?", "discriminator_normalisation"),
    ("I removed the sigmoid from the critic.", "gradients_zeroed"),
    ("gradients.view(B, -1).norm(2, dim=1) is the norm in my gradient penalty for images", "penalty_norm"),
    ("norm over dim=[1,2,3] of the gradient, images 3x64x64", "penalty_norm"),
    ("I use fixed noise to plot samples after every epoch.", "latents_fixed"),
    ("The noise is sampled fresh in every iteration.", "latents_fixed"),
    ("real labels are 1 and fake labels are 0", "labels_swapped"),
    ("fakes are detached in the discriminator step", "generator_moves"),
    ("g_loss = -torch.mean(D(fake))", "generator_sign_wrong"),
    ("loss_G = criterion(D(fake), ones)", "generator_sign_wrong"),
    ("loss_D = -torch.mean(D(real)) + torch.mean(D(fake))", "discriminator_sign_wrong"),
    ("discriminator.trainable = False is only set for the combined model, after the discriminator was compiled",
     "optimizers_share_parameters"),
    ("Weights are clipped to 0.01 after each step.", "clip_after_step"),
    ("I set discriminator.trainable = False before compiling the combined model.", "discriminator_moves"),
    ("The discriminator is compiled first, then trainable is set to False for the combined model.",
     "discriminator_moves"),
    ("One alpha is drawn for each sample of the batch.", "penalty_interpolation"),
    ("alpha = torch.rand(batch_size, 1, 1, 1)", "penalty_interpolation"),
    ("The gradient penalty is 0.1 at the end.", "penalty_reaches_weights"),
    ("D(x) is about 0.95 after the first epoch.", "losses"),
    ("I load the checkpoint of both networks and of both optimizers.", "resumed_without_optimizer"),
    ("My conditional GAN is told the label by an embedding, and digits match it.", "samples"),
    ("Images are normalised to [-1, 1] and G ends in tanh.", "data_normalised"),
    ("D has dropout, G has none.", "discriminator_moves"),
    ("The loss of D is 0.6 and that of G is 0.9, they fluctuate a bit.", "nan_seen"),
    ("The critic is trained 5 times per generator step and has no sigmoid.", "discriminator_moves"),
    ("FID decreases from 120 to 14.", "samples"),
    ("FID is going down from 80 to 22 by 3000 kimg.", "samples"),
    ("I fixed the nan by lowering lr, all good now.", "nan_seen"),
    ("The samples get better and better.", "losses"),
    ("How do I avoid mode collapse?", "samples"),
    ("I train with 64x64 images for 300 epochs.", "dataset_size"),
    ("After 5000 images per class the FID is 20.", "dataset_size"),
    ("Does augmentation leak into the samples?", "samples"),
    ("The optimizer state is saved and restored with the checkpoint.", "resumed_without_optimizer"),
    ("The labels are passed to both networks.", "label_reaches_generator"),
    ("In eval mode and in train mode the images look equally good.", "eval_samples_differ"),
    ("Real and fake images are preprocessed in the same way.", "preprocessing_differs"),
    ("I tried a lower learning rate, did not help, the loss explodes", "generator_learning_rate"),
    ("Smoothed labels on both sides: real ones are 0.9 and the fake ones 0.1.", "labels_swapped"),
]  # fmt: skip


@pytest.mark.parametrize(("sentence", "wanted"), STATED, ids=[sentence for sentence, _ in STATED])
def test_a_fault_is_understood_in_many_words(sentence, wanted):
    facts = facts_in_notes(sentence).facts
    assert {name: facts.get(name) for name in wanted} == wanted


@pytest.mark.parametrize(("sentence", "name"), NOT_STATED, ids=[sentence for sentence, _ in NOT_STATED])
def test_what_is_asked_or_in_order_is_no_fault(sentence, name):
    assert name not in facts_in_notes(sentence).facts
