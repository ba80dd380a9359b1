#!/usr/bin/env bash
# Makes every picture of the gallery: bash docs/gallery/make.sh FASHION-MNIST-DIR SIGN-DIGITS-DIR WORK-DIR
# On two cores: one run on both, then two queues of runs on one core each.
set -euo pipefail
fashion=$1 hands=$2 work=$3
here=$(dirname "$0")

picture() { # NAME, then the arguments of `equipoise train`
  local name=$1
  shift
  python -m equipoise train --out "$work/$name" "$@" >"$work/$name.txt" 2>"$work/$name.log"
  cp "$(ls "$work/$name"/samples/*.png | tail -n 1)" "$here/$name.png"
}

mkdir -p "$work"
narrow=(--set generator.width=32 --set discriminator.width=32 --set training.batch_size=32)

OMP_NUM_THREADS=2 picture dcgan-sign-digits --recipe dcgan --data "$hands" --time 10m "${narrow[@]}"

export OMP_NUM_THREADS=1
{
  picture wgan-gp-sign-digits --recipe wgan-gp --data "$hands" --time 20m "${narrow[@]}" --set training.d_steps=2
  picture gan-fashion-mnist --recipe gan --data "$fashion" --time 4m --set conditioning=none
  picture dcgan-fashion-mnist --recipe dcgan --data "$fashion" --time 14m --set conditioning=none
} &
{
  picture wgan-gp-fashion-mnist --recipe wgan-gp --data "$fashion" --time 6m --set training.d_steps=2
  picture sngan-fashion-mnist --recipe sngan --data "$fashion" --time 5m
  picture wgan-fashion-mnist --recipe wgan --data "$fashion" --time 14m --set conditioning=none \
    --set training.d_steps=2 --set generator.learning_rate=2e-4 --set discriminator.learning_rate=2e-4
  picture cgan-fashion-mnist --recipe cgan --data "$fashion" --time 8m
} &
wait
