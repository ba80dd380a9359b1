// Which of many 16-bit integers reach a bound, as numbers: 1 or 0.

constexpr long FEWEST = 1 << 15;  // of values for which a team of threads is woken

extern "C" void at_least(long count, const short* values, int bound, float* to, int threads) {
#pragma omp parallel for simd num_threads(threads) if (count >= FEWEST)
  for (long i = 0; i < count; i++) to[i] = values[i] >= bound ? 1.0f : 0.0f;
}
