// Products of float32 matrices of which one side is a batch of samples: a layer, its gradient to the samples, and that to
// its weight, a sum over samples.
//
//   to (rows x columns) = left (rows x inner) right (inner x columns) + bias (columns)
//
// The right side is copied panel by panel, and a panel is met by all rows of the left side, which are read where they
// lie. Where the right side lies by columns, as a layer's weight does, the transposed product is made instead, so that
// the samples are copied and the weight, most often larger, is read once. Each sum is made by one thread in one order:
// results are the same to the bit for any number of threads.

#include <omp.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <new>
#include <utility>

#include "panels.h"

namespace {

constexpr int DEPTH = 1024;   // terms that are summed at once: a panel of them fits the second cache
constexpr int BLOCK = LANES;  // rows of results that are put in place together
constexpr int WORTH_HALVING = 256;  // terms: of samples with a weight, their half takes longer than to add the halves

struct Matrix {
  const float* at;
  long row, column;  // from one to the next, in memory
  Matrix transposed() const { return {at, column, row}; }
  const float* entry(int i, int j) const { return at + i * row + j * column; }
};

template <int... I>
inline Lanes interleaved(Lanes a, Lanes b, bool upper, std::integer_sequence<int, I...>) {
  return upper ? __builtin_shufflevector(a, b, (LANES / 2 + I / 2 + I % 2 * LANES)...)
               : __builtin_shufflevector(a, b, (I / 2 + I % 2 * LANES)...);
}

// Each step interleaves the first half of the rows with the second; after log2(LANES) of them rows are columns.
inline void transpose(Lanes (&rows)[LANES]) {
  constexpr auto lanes = std::make_integer_sequence<int, LANES>();
#pragma GCC unroll 4
  for (int step = 1; step < LANES; step *= 2) {
    Lanes made[LANES];
#pragma GCC unroll 16
    for (int i = 0; i < LANES; i++) made[i] = interleaved(rows[i / 2], rows[i / 2 + LANES / 2], i % 2, lanes);
#pragma GCC unroll 16
    for (int i = 0; i < LANES; i++) rows[i] = made[i];
  }
}

struct Product {
  int rows, inner, columns;
  Matrix left, right;  // of either, rows or columns lie without gaps
  const float* bias;   // may be missing
  float* to;
  long to_row;
  bool transposed;     // the bias is one of rows, and results lie by columns, `to_row` apart
  int longest;         // terms that are summed at once

  void share(int first_row, int end_row, int first_column, int end_column) const {
    alignas(64) float panel[(DEPTH + LANES) * PANEL];
    for (int k = 0; k < inner; k += longest)
      for (int column = first_column; column < end_column; column += PANEL) {
        const int depth = std::min(longest, inner - k), width = std::min(PANEL, end_column - column);
        pack(k, depth, column, width, panel);
        for (int row = first_row; row < end_row; row += BLOCK)
          block(k, depth, row, std::min(BLOCK, end_row - row), column, width, panel);
      }
  }

 private:
  // `depth` rows of the right side from k on, and `width` of its columns, to depth x PANEL; what is missing is zero.
  void pack(int k, int depth, int column, int width, float* panel) const {
    if (right.column != 1) return pack_transposed(k, depth, column, width, panel);
    for (int i = 0; i < depth; i++) {
      const float* from = right.entry(k + i, column);
      float* row = panel + i * PANEL;
      if (width == PANEL) {
        store(row, load(from));
        store(row + LANES, load(from + LANES));
      } else {
        for (int j = 0; j < PANEL; j++) row[j] = j < width ? from[j] : 0.0f;
      }
    }
  }

  void pack_transposed(int k, int depth, int column, int width, float* panel) const {
    for (int j = 0; j < PANEL; j += LANES)
      for (int i = 0; i < depth; i += LANES) {
        Lanes square[LANES] = {};
        const int count = std::min(LANES, depth - i);
        for (int n = 0; n < std::min(LANES, width - j); n++) {
          const float* from = right.entry(k + i, column + j + n);
          if (count == LANES) square[n] = load(from);
          else std::memcpy(&square[n], from, count * sizeof(float));
        }
        transpose(square);
        for (int n = 0; n < LANES; n++) store(panel + (i + n) * PANEL + j, square[n]);
      }
  }

  // Rows of the left side with a panel; rows beyond the last repeat it, and only `count` x `width` results are put.
  void block(int k, int depth, int first, int count, int column, int width, const float* panel) const {
    float sums[BLOCK * PANEL];
    expect(first, count, column, width);
    const bool biased = k == 0 && bias != nullptr;
    for (int i = 0; biased && i < count; i++)
      for (int j = 0; j < width; j++) sums[i * PANEL + j] = transposed ? bias[first + i] : bias[column + j];
    for (int i = 0; i < count; i += ROWS) {
      const auto row = [&](int n) { return left.entry(std::min(first + i + n, rows - 1), k); };
      const auto make = [&](long step) {
        if (width > LANES) multiply<2>(biased, depth, row, step, panel, sums + i * PANEL, PANEL);
        else multiply<1>(biased, depth, row, step, panel, sums + i * PANEL, PANEL);
      };
      left.column == 1 ? make(1) : make(left.column);  // a step known beforehand makes the faster loop
    }
    transposed ? put_transposed(k > 0, first, count, column, width, sums) : put(k > 0, first, count, column, width, sums);
  }

  // Have the memory of a block of results at hand by the time it is written.
  void expect(int first, int count, int column, int width) const {
    const int lines = transposed ? width : count, length = transposed ? count : width;
    float* from = transposed ? to + column * to_row + first : to + first * to_row + column;
    for (int i = 0; i < lines; i++)
      for (int j = 0; j < length; j += LANES) __builtin_prefetch(from + i * to_row + j, 1);
  }

  void put(bool add, int first, int count, int column, int width, const float* sums) const {
    for (int i = 0; i < count; i++) put_row(add, width, sums + i * PANEL, to + (first + i) * to_row + column);
  }

  void put_transposed(bool add, int first, int count, int column, int width, const float* sums) const {
    for (int j = 0; j < width; j += LANES) {
      Lanes square[LANES];
      for (int n = 0; n < LANES; n++) square[n] = load(sums + n * PANEL + j);
      transpose(square);
      for (int n = 0; n < std::min(LANES, width - j); n++)
        put_row(add, count, reinterpret_cast<const float*>(&square[n]), to + (column + j + n) * to_row + first);
    }
  }

  static void put_row(bool add, int count, const float* sums, float* here) {
    int i = 0;
    for (; i + LANES <= count; i += LANES) store(here + i, add ? load(here + i) + load(sums + i) : load(sums + i));
    for (; i < count; i++) here[i] = add ? here[i] + sums[i] : sums[i];
  }
};

int pieces(int whole, int piece) { return (whole + piece - 1) / piece; }

// The terms of `product` from `from` on, summed apart.
Product rest_of(const Product& product, int from, float* to) {
  const float *left = product.left.entry(0, from), *right = product.right.entry(from, 0);
  return {product.rows, product.inner - from, product.columns, {left, product.left.row, product.left.column},
          {right, product.right.row, product.right.column}, nullptr, to, product.columns, false, product.longest};
}

// Memory for half of the terms of a product, of the thread that asks for it; null where there is none.
float* apart(size_t count) {
  thread_local std::unique_ptr<float[]> memory;
  thread_local size_t size = 0;
  if (count > size) {
    memory.reset(new (std::nothrow) float[count]);
    size = memory ? count : 0;
  }
  return memory.get();
}

// Two threads, each with its half of the weight's rows: those that it updates (adam.cpp). What one core has read another
// writes slowly, where the two share no cache.
void by_halves(const Product& product, float* second) {
  const Product rest = rest_of(product, product.longest, second);
  Product first = product;
  first.inner = product.longest;
  const long size = static_cast<long>(product.rows) * product.columns;
#pragma omp parallel num_threads(2)
  {
    const int me = omp_get_thread_num(), count = omp_get_num_threads();
    for (int half = me; half < 2; half += count) (half ? rest : first).share(0, product.rows, 0, product.columns);
#pragma omp barrier
    for (long i = size * me / count; i < size * (me + 1) / count; i++) product.to[i] += second[i];
  }
}

}  // namespace

extern "C" void product(int rows, int inner, int columns, const float* left, long left_row, long left_column,
                        const float* right, long right_row, long right_column, const float* bias, float* to, int threads) {
  const Matrix a{left, left_row, left_column}, b{right, right_row, right_column};
  Product product = right_column == 1
                              ? Product{rows, inner, columns, a, b, bias, to, columns, false, DEPTH}
                              : Product{columns, inner, rows, b.transposed(), a.transposed(), bias, to, columns, true, DEPTH};
  if (!product.transposed && left_column == 1 && inner >= WORTH_HALVING && inner <= 2 * DEPTH) {
    product.longest = (inner + 1) / 2;  // for any number of threads, so that sums are made in one order
    float* second = threads == 2 ? apart(static_cast<size_t>(rows) * columns) : nullptr;
    if (second != nullptr) return by_halves(product, second);
  }
  const int blocks = pieces(product.rows, BLOCK), strips = pieces(product.columns, LANES);
  // A panel costs its copying, about as much as a quarter of a block, and all blocks of rows.
  const int by_columns = pieces(pieces(strips, threads), 2) * (4 * blocks + 1);
  const int by_rows = pieces(strips, 2) * (4 * pieces(blocks, threads) + 1);
  // Where the difference is small, a weight, its gradient and its update (adam.cpp) are shared out alike, row by row: what
  // one core has written another fetches slowly.
  const bool rows_are_a_weights = product.transposed || left_column != 1;
#pragma omp parallel num_threads(threads)
  {
    const int count = omp_get_num_threads(), me = omp_get_thread_num();
    const auto from = [&](int whole, int piece, int thread) { return pieces(whole, piece) * thread / count * piece; };
    if (by_columns * (rows_are_a_weights ? 32 : 31) <= by_rows * 31)
      product.share(0, product.rows, from(product.columns, LANES, me),
                    std::min(product.columns, from(product.columns, LANES, me + 1)));
    else
      product.share(from(product.rows, BLOCK, me), std::min(product.rows, from(product.rows, BLOCK, me + 1)), 0,
                    product.columns);
  }
}
