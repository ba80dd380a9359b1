// Panels of matrices, multiplied in registers.

#pragma once

#include <immintrin.h>

namespace {

#ifdef __AVX512F__
constexpr int LANES = 16, ROWS = 8;  // ROWS x PANEL sums stay in registers
#else
constexpr int LANES = 8, ROWS = 4;
#endif
constexpr int PANEL = 2 * LANES;   // columns of a matrix that lie beside each other in memory

typedef float Lanes __attribute__((vector_size(4 * LANES), aligned(4)));

inline Lanes load(const float* from) { return *reinterpret_cast<const Lanes*>(from); }
inline void store(float* to, Lanes value) { *reinterpret_cast<Lanes*>(to) = value; }

inline Lanes root(Lanes value) {
#ifdef __AVX512F__
  return _mm512_sqrt_ps(value);
#else
  return _mm256_sqrt_ps(value);
#endif
}

// to (ROWS x VECTORS LANES) = or += left (ROWS x depth) right (depth x PANEL); left(i, k) lies at row(i) + k * step.
template <int VECTORS = 2, class Row>
inline void multiply(bool add, int depth, Row row, long step, const float* right, float* to, long to_row) {
  Lanes sum[ROWS][VECTORS];
#pragma GCC unroll 8
  for (int i = 0; i < ROWS; i++)
#pragma GCC unroll 2
    for (int v = 0; v < VECTORS; v++) sum[i][v] = add ? load(to + i * to_row + v * LANES) : Lanes{};
#pragma GCC unroll 4  // the loop's own instructions cost a fifteenth
  for (int k = 0; k < depth; k++) {
    Lanes entries[VECTORS];
#pragma GCC unroll 2
    for (int v = 0; v < VECTORS; v++) entries[v] = load(right + k * PANEL + v * LANES);
#pragma GCC unroll 8
    for (int i = 0; i < ROWS; i++) {
      const Lanes factor = Lanes{} + row(i)[k * step];
#pragma GCC unroll 2
      for (int v = 0; v < VECTORS; v++) sum[i][v] += factor * entries[v];
    }
  }
#pragma GCC unroll 8
  for (int i = 0; i < ROWS; i++)
#pragma GCC unroll 2
    for (int v = 0; v < VECTORS; v++) store(to + i * to_row + v * LANES, sum[i][v]);
}

}  // namespace
