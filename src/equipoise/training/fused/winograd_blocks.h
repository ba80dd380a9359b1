// Products of whole panels, and small constant matrices applied to groups of channels.

#pragma once

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>

#include "panels.h"

namespace {

constexpr int DEPTH = 256;         // terms that are summed in registers: a panel of them fits the first cache
constexpr int BLOCK_TILES = 32;    // tiles that a thread carries from samples to outputs: they fit the second cache
constexpr int GROUP_TILES = 256;   // tiles that are summed at once into the gradient of a weight
constexpr int GAP = 16;            // between rows, so that they do not all fall into the same lines of a cache

// Memory that is kept between calls, zero where nothing was written; one thread's own. Throws std::bad_alloc.
class Scratch {
 public:
  float* at_least(size_t count) {
    if (count > count_) {
      std::free(data_);
      count_ = 0;
      const size_t bytes = (count * sizeof(float) + 4095) / 4096 * 4096;
      data_ = static_cast<float*>(std::aligned_alloc(4096, bytes));
      if (data_ == nullptr) throw std::bad_alloc();
      std::memset(data_, 0, bytes);
      count_ = count;
    }
    return data_;
  }
  ~Scratch() { std::free(data_); }

 private:
  float* data_ = nullptr;
  size_t count_ = 0;
};

// Whether `work` found the memory it needs: no exception may leave a parallel region, or a function that C calls.
template <class Work>
bool has_memory(Work work) noexcept {
  try {
    work();
    return true;
  } catch (const std::bad_alloc&) {
    return false;
  }
}

// rows x columns = left (rows x inner) packed (inner x columns, panel by panel); rows beyond are computed, not read.
void multiply_all(int rows, int inner, int columns, const float* left, long row, const float* packed, float* to,
                  long to_row) {
  for (int column = 0; column < columns; column += PANEL)
    for (int k = 0; k < inner; k += DEPTH)
      for (int i = 0; i < rows; i += ROWS)
        multiply(k > 0, std::min(DEPTH, inner - k), [=](int n) { return left + (i + n) * row + k; }, 1,
                 packed + static_cast<long>(column) * inner + k * PANEL, to + i * to_row + column, to_row);
}

// One side of a two-sided product with a constant matrix; its zeros and ones cost nothing once this is unrolled.
template <class T, int TERMS, class Term>
inline Lanes combined(int row, Term term) {
  Lanes sum = {};
#pragma GCC unroll 8
  for (int k = 0; k < TERMS; k++) {
    const float factor = T::at(row, k);
    if (factor == 1) sum += term(k);
    else if (factor == -1) sum -= term(k);
    else if (factor != 0) sum += factor * term(k);
  }
  return sum;
}

// write(T read T') for every group of channels; T is P x Q.
template <class T, int P, int Q, class Read, class Write>
inline void transform(int channels, Read read, Write write) {
  for (int c = 0; c < channels; c += LANES) {
    Lanes in[Q][Q], half[P][Q];
#pragma GCC unroll 8
    for (int i = 0; i < Q; i++)
#pragma GCC unroll 8
      for (int j = 0; j < Q; j++) in[i][j] = read(i, j, c);
#pragma GCC unroll 8
    for (int i = 0; i < P; i++)
#pragma GCC unroll 8
      for (int j = 0; j < Q; j++) half[i][j] = combined<T, Q>(i, [&](int k) { return in[k][j]; });
#pragma GCC unroll 8
    for (int i = 0; i < P; i++)
#pragma GCC unroll 8
      for (int j = 0; j < P; j++) write(i, j, c, combined<T, Q>(j, [&](int k) { return half[i][k]; }));
  }
}

}  // namespace
