// Adam (Kingma and Ba, arXiv 1412.6980, algorithm 1) of many tensors in one call.

#include <omp.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "panels.h"

// One tensor: as adam.py has it, eight bytes each.
struct Update {
  float *weight, *first, *second, *updates;  // both moments as running means, and how often there was an update
  const float* gradient;
  long count;
  double learning_rate, keep_first, keep_second, epsilon;
};

namespace {

// Both means start at 0 and are too small by a share that fades.
class Rule {
  const float keep_first, keep_second, rate, scale, epsilon;

 public:
  explicit Rule(const Update& of)
      : keep_first(of.keep_first), keep_second(of.keep_second),
        rate(of.learning_rate / (1.0 - std::pow(of.keep_first, *of.updates))),
        scale(1.0 / std::sqrt(1.0 - std::pow(of.keep_second, *of.updates))), epsilon(of.epsilon) {}

  void apply(const float* gradient, float* weight, float* first, float* second) const {
    const Lanes slope = load(gradient);
    const Lanes mean = keep_first * load(first) + (1.0f - keep_first) * slope;
    const Lanes square = keep_second * load(second) + (1.0f - keep_second) * (slope * slope);
    store(first, mean);
    store(second, square);
    store(weight, load(weight) - rate * mean / (root(square) * scale + epsilon));
  }
};

// Fewer numbers than lanes: by a copy that is as long as those.
void apply_to_rest(const Rule& rule, const Update& of, long from) {
  const long size = (of.count - from) * sizeof(float);
  float gradient[LANES] = {}, weight[LANES] = {}, first[LANES] = {}, second[LANES] = {};
  std::memcpy(gradient, of.gradient + from, size);
  std::memcpy(weight, of.weight + from, size);
  std::memcpy(first, of.first + from, size);
  std::memcpy(second, of.second + from, size);
  rule.apply(gradient, weight, first, second);
  std::memcpy(of.weight + from, weight, size);
  std::memcpy(of.first + from, first, size);
  std::memcpy(of.second + from, second, size);
}

// The part of a tensor that is the affair of thread `me` of `team`. The last one has the rest.
void share(const Update& of, int me, int team) {
  const Rule rule(of);
  const long whole = of.count / LANES, end = whole * (me + 1) / team;
  for (long i = whole * me / team * LANES; i < end * LANES; i += LANES)
    rule.apply(of.gradient + i, of.weight + i, of.first + i, of.second + i);
  if (me == team - 1 && whole * LANES < of.count) apply_to_rest(rule, of, whole * LANES);
}

}  // namespace

// Nobody waits between one tensor and the next: no thread reads what another one writes.
extern "C" void adam(Update* updates, int count, int threads) {
  for (int i = 0; i < count; i++) *updates[i].updates += 1.0f;
#pragma omp parallel num_threads(threads)
  for (int i = 0; i < count; i++) share(updates[i], omp_get_thread_num(), omp_get_num_threads());
}
