// Numbers of PyTorch's random stream on a CPU, the Mersenne twister MT19937 (Matsumoto and Nishimura 1998), 624 at a time.
// PyTorch makes one at a time, by one thread, and takes a lock for each.

#include <algorithm>
#include <cstdint>

// The twister's part of the bytes that `torch.Generator.get_state` gives; words.py sees to it that they are so.
struct Stream {
  std::uint64_t seed;
  std::int32_t left, seeded;  // `left` is one more than the words that are left before the next 624
  std::uint64_t next, state[624];
};

namespace {

constexpr int SIZE = 624, AHEAD = 397;

inline std::uint32_t mixed(std::uint32_t upper, std::uint32_t lower) {
  return (((upper & 0x80000000u) | (lower & 0x7fffffffu)) >> 1) ^ (lower & 1u ? 0x9908b0dfu : 0u);
}

void twist(std::uint32_t* s) {
  for (int i = 0; i < SIZE - AHEAD; i++) s[i] = s[i + AHEAD] ^ mixed(s[i], s[i + 1]);
#pragma omp simd safelen(128)  // what is read was made 227 places before
  for (int i = SIZE - AHEAD; i < SIZE - 1; i++) s[i] = s[i + AHEAD - SIZE] ^ mixed(s[i], s[i + 1]);
  s[SIZE - 1] = s[AHEAD - 1] ^ mixed(s[SIZE - 1], s[0]);
}

inline std::uint32_t tempered(std::uint32_t y) {
  y ^= y >> 11;
  y ^= y << 7 & 0x9d2c5680u;
  y ^= y << 15 & 0xefc60000u;
  return y ^ y >> 18;
}

}  // namespace

// `count` words of 64 bits, the half drawn first above; the stream is left where PyTorch would leave it.
extern "C" void draw(Stream* stream, long count, std::uint64_t* to) {
  std::uint32_t state[SIZE], words[SIZE];
  for (int i = 0; i < SIZE; i++) state[i] = stream->state[i], words[i] = tempered(state[i]);
  int at = SIZE + 1 - stream->left;
  const auto take = [&]() -> std::uint64_t {
    if (at == SIZE) {
      twist(state);
      for (int i = 0; i < SIZE; i++) words[i] = tempered(state[i]);
      at = 0;
    }
    return words[at++];
  };
  for (long i = 0; i < count;) {
    const std::uint64_t upper = take();  // of a pair that may end beyond these 624
    to[i++] = upper << 32 | take();
    const long pairs = std::min<long>(count - i, (SIZE - at) / 2);
    for (long n = 0; n < pairs; n++)
      to[i + n] = static_cast<std::uint64_t>(words[at + 2 * n]) << 32 | words[at + 2 * n + 1];
    i += pairs;
    at += 2 * pairs;
  }
  for (int i = 0; i < SIZE; i++) stream->state[i] = state[i];
  stream->left = SIZE + 1 - at;
  stream->next = at;
}
