// Convolutions in float32 with fewer multiplications than their definition has: Winograd's short correlations
// (Lavin and Gray, arXiv 1509.09308), and by them both adjoints of a convolution. See toom_cook.py for the matrices.
//
// A convolution of stride S with kernels of S R entries is one of stride 1 with kernels of R, over the S S phases of the
// picture taken as channels. Tiles of M x M outputs become N x N products each, N = M + R - 1; the products at one of
// these places, over all tiles and channels, are an ordinary product of matrices:
//
//   samples -> spread (tiles x S S C)      slopes -> opened (tiles x K)      weight -> U (S S C x K)
//   outputs      = collect(spread U)
//   to samples   = gather(opened U')
//   to weight    = fold(spread' opened)
//
// Pictures lie channels last, weights (K, C, S R, S R). C and K are multiples of 32. Work is cut into pieces that do not
// depend on the number of threads, and each sum is made by one thread in one order: results are the same to the bit.
// Every thread takes its memory before its work; the functions that C calls return false where there is not enough.

#include <omp.h>

#include <atomic>

#include "toom_cook.h"
#include "winograd_blocks.h"

struct Shape {
  int batch, c, height, width, k, out_height, out_width, padding;
};

template <int M, int R, int S>
class Winograd {
  static constexpr int N = M + R - 1, PLACES = N * N, SIDE = S * R;
  using Matrices = ToomCook<M, R>;
  struct Outputs { static constexpr float at(int i, int j) { return Matrices::outputs[i][j]; } };
  struct OutputsTurned { static constexpr float at(int i, int j) { return Matrices::outputs[j][i]; } };
  struct Taps { static constexpr float at(int i, int j) { return Matrices::taps[i][j]; } };
  struct TapsTurned { static constexpr float at(int i, int j) { return Matrices::taps[j][i]; } };
  struct Inputs { static constexpr float at(int i, int j) { return Matrices::inputs[i][j]; } };
  struct InputsTurned { static constexpr float at(int i, int j) { return Matrices::inputs[j][i]; } };

  const Shape s;
  const int threads, down, across, tiles, depth;  // tiles of one picture; depth is the channels of all phases
  const long sample, output, matrix, spread_row, opened_row;

 public:
  Winograd(const Shape& shape, int threads)
      : s(shape), threads(threads), down((s.out_height + M - 1) / M), across((s.out_width + M - 1) / M),
        tiles(down * across), depth(S * S * s.c), sample(static_cast<long>(s.height) * s.width * s.c),
        output(static_cast<long>(s.out_height) * s.out_width * s.k), matrix(static_cast<long>(depth) * s.k),
        spread_row(depth + GAP), opened_row(s.k + GAP) {}

  void forward(const float* samples, const float* weight, float* outputs) const {
    const float* u = transformed(weight, false);
    in_blocks([&](int first, int count, long rows, float* spread_tiles, float* opened_tiles) {
      for (int i = 0; i < count; i++) spread(samples + (first + i) * sample, spread_tiles + i * tiles * spread_row, rows);
      for (int p = 0; p < PLACES; p++)
        multiply_all(count * tiles, depth, s.k, spread_tiles + p * rows * spread_row, spread_row, u + p * matrix,
                     opened_tiles + p * rows * opened_row, opened_row);
      for (int i = 0; i < count; i++) collect(opened_tiles + i * tiles * opened_row, outputs + (first + i) * output, rows);
    });
  }

  void to_samples(const float* slopes, const float* weight, float* samples) const {
    const float* u = transformed(weight, true);
    in_blocks([&](int first, int count, long rows, float* spread_tiles, float* opened_tiles) {
      for (int i = 0; i < count; i++)
        open(slopes + (first + i) * output, opened_tiles + i * tiles * opened_row, opened_row, PANEL, rows * opened_row);
      for (int p = 0; p < PLACES; p++)
        multiply_all(count * tiles, s.k, depth, opened_tiles + p * rows * opened_row, opened_row, u + p * matrix,
                     spread_tiles + p * rows * spread_row, spread_row);
      for (int i = 0; i < count; i++) gather(spread_tiles + i * tiles * spread_row, samples + (first + i) * sample, rows);
    });
  }

  void to_weight(const float* samples, const float* slopes, float* weight) const {
    const int each = std::min(s.batch, std::max(1, GROUP_TILES / tiles));
    const long rows = static_cast<long>(each) * tiles;
    static thread_local Scratch spread_memory, opened_memory, sum_memory;
    float* sums = sum_memory.at_least(PLACES * matrix);
    float* spread_tiles = spread_memory.at_least(PLACES * rows * spread_row);
    float* opened_tiles = opened_memory.at_least(PLACES * rows * s.k);
    in_parallel(0, 0, [&](float*, float*) {
      for (int first = 0; first < s.batch; first += each) {
        const int count = std::min(each, s.batch - first);
#pragma omp for schedule(static)
        for (int i = 0; i < count; i++) {
          spread(samples + (first + i) * sample, spread_tiles + i * tiles * spread_row, rows);
          open(slopes + (first + i) * output, opened_tiles + i * tiles * PANEL, PANEL, rows * PANEL, rows * s.k);
        }
#pragma omp for schedule(static) collapse(2)
        for (int p = 0; p < PLACES; p++)
          for (int piece = 0; piece < depth; piece += 32)
            for (int k = 0; k < s.k; k += PANEL)
              for (int c = piece; c < piece + 32; c += ROWS)
                multiply(first > 0, count * tiles, [=](int n) { return spread_tiles + p * rows * spread_row + c + n; },
                         spread_row, opened_tiles + p * rows * s.k + k * rows,
                         sums + p * matrix + static_cast<long>(c) * s.k + k, s.k);
      }
      fold(sums, weight);
    });
  }

 private:
  // work(memory for spread tiles, for opened tiles) by each thread of a team; none works where one lacks the memory.
  template <class Work>
  void in_parallel(long spread_count, long opened_count, Work work) const {
    std::atomic<bool> enough{true};
#pragma omp parallel num_threads(threads)
    {
      static thread_local Scratch spread_memory, opened_memory;
      float *spread_tiles = nullptr, *opened_tiles = nullptr;
      const bool found = has_memory([&] {
        zeros(), nowhere();
        spread_tiles = spread_memory.at_least(spread_count);
        opened_tiles = opened_memory.at_least(opened_count);
      });
      if (!found) enough = false;
#pragma omp barrier
      if (enough) work(spread_tiles, opened_tiles);
    }
    if (!enough) throw std::bad_alloc();
  }

  // Let each thread take whole pictures, a few at a time, with memory for their spread and their opened tiles.
  template <class Work>
  void in_blocks(Work work) const {
    const int share = (s.batch + threads - 1) / threads;
    const int each = std::max(1, std::min(BLOCK_TILES / tiles, share));
    const long rows = (static_cast<long>(each) * tiles + ROWS - 1) / ROWS * ROWS;
    in_parallel(PLACES * rows * spread_row, PLACES * rows * opened_row, [&](float* spread_tiles, float* opened_tiles) {
#pragma omp for schedule(static)
      for (int first = 0; first < s.batch; first += each)
        work(first, std::min(each, s.batch - first), rows, spread_tiles, opened_tiles);
    });
  }

  // Where a tile's entries lie in a picture; `outside` stands for those beyond its border.
  template <int COUNT, class Float>
  static void locate(Float* (&at)[COUNT][COUNT], Float* picture, int top, int left, int step, int height, int width,
                     int channels, Float* outside) {
    for (int i = 0; i < COUNT; i++)
      for (int j = 0; j < COUNT; j++) {
        const int y = top + i * step, x = left + j * step;
        const bool inside = y >= 0 && y < height && x >= 0 && x < width;
        at[i][j] = inside ? picture + (static_cast<long>(y) * width + x) * channels : outside;
      }
  }

  float* zeros() const {
    static thread_local Scratch memory;
    return memory.at_least(std::max(s.c, s.k));
  }
  float* nowhere() const {
    static thread_local Scratch memory;
    return memory.at_least(std::max(s.c, s.k));
  }

  // visit(entries, tile, first channel) for each tile of one picture of samples, phase by phase.
  template <class Float, class Visit>
  void each_sample_tile(Float* picture, Float* outside, Visit visit) const {
    for (int tile = 0; tile < tiles; tile++)
      for (int phase = 0; phase < S * S; phase++) {
        const int top = tile / across * M * S + phase / S - s.padding, left = tile % across * M * S + phase % S - s.padding;
        Float* at[N][N];
        locate(at, picture, top, left, S, s.height, s.width, s.c, outside);
        visit(at, tile, phase * s.c);
      }
  }

  template <class Float, class Visit>
  void each_output_tile(Float* picture, Float* outside, Visit visit) const {
    for (int tile = 0; tile < tiles; tile++) {
      Float* at[M][M];
      locate(at, picture, tile / across * M, tile % across * M, 1, s.out_height, s.out_width, s.k, outside);
      visit(at, tile);
    }
  }

  void spread(const float* picture, float* to, long rows) const {
    each_sample_tile(picture, const_cast<const float*>(zeros()), [&](const float* (&at)[N][N], int tile, int channel) {
      float* here = to + tile * spread_row + channel;
      transform<Inputs, N, N>(s.c, [&](int i, int j, int c) { return load(at[i][j] + c); },
          [&](int i, int j, int c, Lanes value) { store(here + (i * N + j) * rows * spread_row + c, value); });
    });
  }

  void gather(const float* from, float* picture, long rows) const {
    std::memset(picture, 0, sizeof(float) * sample);
    each_sample_tile(picture, nowhere(), [&](float* (&at)[N][N], int tile, int channel) {
      const float* here = from + tile * spread_row + channel;
      transform<InputsTurned, N, N>(s.c,
          [&](int i, int j, int c) { return load(here + (i * N + j) * rows * spread_row + c); },
          [&](int i, int j, int c, Lanes value) { store(at[i][j] + c, load(at[i][j] + c) + value); });
    });
  }

  void collect(const float* from, float* picture, long rows) const {
    each_output_tile(picture, nowhere(), [&](float* (&at)[M][M], int tile) {
      const float* here = from + tile * opened_row;
      transform<OutputsTurned, M, N>(s.k,
          [&](int i, int j, int c) { return load(here + (i * N + j) * rows * opened_row + c); },
          [&](int i, int j, int c, Lanes value) { store(at[i][j] + c, value); });
    });
  }

  // `row` lies between tiles, `panel` between panels of channels, `plane` between places.
  void open(const float* picture, float* to, long row, long panel, long plane) const {
    each_output_tile(picture, const_cast<const float*>(zeros()), [&](const float* (&at)[M][M], int tile) {
      float* here = to + tile * row;
      transform<Outputs, N, M>(s.k, [&](int i, int j, int c) { return load(at[i][j] + c); },
          [&](int i, int j, int c, Lanes value) { store(here + c / PANEL * panel + c % PANEL + (i * N + j) * plane, value); });
    });
  }

  // The weight's matrix at each place in panels: U with its columns K, or U' (`turned`) with its columns S S C.
  const float* transformed(const float* weight, bool turned) const {
    static thread_local Scratch memory;
    float* to = memory.at_least(PLACES * matrix);
    const int along = turned ? s.c : s.k, other = turned ? s.k : s.c;
    const long inner = turned ? s.k : depth;
#pragma omp parallel for schedule(static) num_threads(threads) collapse(2)
    for (int a = 0; a < along; a += LANES)
      for (int b = 0; b < other; b++) {
        float taken[SIDE * SIDE][LANES];
        for (int lane = 0; lane < LANES; lane++) {
          const long kernel = turned ? static_cast<long>(b) * s.c + a + lane : static_cast<long>(a + lane) * s.c + b;
          for (int tap = 0; tap < SIDE * SIDE; tap++) taken[tap][lane] = weight[kernel * SIDE * SIDE + tap];
        }
        for (int phase = 0; phase < S * S; phase++) {
          const long column = turned ? phase * s.c + a : a, row = turned ? b : phase * s.c + b;
          float* here = to + column / PANEL * PANEL * inner + row * PANEL + column % PANEL;
          transform<Taps, N, R>(LANES, [&](int i, int j, int) { return load(taken[(i * S + phase / S) * SIDE + j * S + phase % S]); },
              [&](int i, int j, int, Lanes value) { store(here + (i * N + j) * matrix, value); });
        }
      }
    return to;
  }

  // The sums at all places back to kernels; called by every thread of a team.
  void fold(const float* sums, float* weight) const {
#pragma omp for schedule(static) collapse(2)
    for (int k = 0; k < s.k; k += LANES)
      for (int c = 0; c < s.c; c++) {
        float made[SIDE * SIDE][LANES];
        for (int phase = 0; phase < S * S; phase++) {
          const float* here = sums + static_cast<long>(phase * s.c + c) * s.k + k;
          transform<TapsTurned, R, N>(LANES, [&](int i, int j, int) { return load(here + (i * N + j) * matrix); },
              [&](int i, int j, int, Lanes value) { store(made[(i * S + phase / S) * SIDE + j * S + phase % S], value); });
        }
        for (int lane = 0; lane < LANES; lane++)
          for (int tap = 0; tap < SIDE * SIDE; tap++)
            weight[(static_cast<long>(k + lane) * s.c + c) * SIDE * SIDE + tap] = made[tap][lane];
      }
  }
};

#define EXPORT(M, R, S)                                                                                           \
  extern "C" bool forward_##M##_##R(const float* samples, const float* weight, float* outputs, const Shape* shape, \
                                    int threads) {                                                                \
    return has_memory([=] { Winograd<M, R, S>(*shape, threads).forward(samples, weight, outputs); });             \
  }                                                                                                               \
  extern "C" bool to_samples_##M##_##R(const float* slopes, const float* weight, float* samples,                  \
                                       const Shape* shape, int threads) {                                         \
    return has_memory([=] { Winograd<M, R, S>(*shape, threads).to_samples(slopes, weight, samples); });           \
  }                                                                                                               \
  extern "C" bool to_weight_##M##_##R(const float* samples, const float* slopes, float* weight,                   \
                                      const Shape* shape, int threads) {                                          \
    return has_memory([=] { Winograd<M, R, S>(*shape, threads).to_weight(samples, slopes, weight); });            \
  }
EXPORT(2, 2, 2)
EXPORT(4, 2, 2)
EXPORT(2, 3, 1)
EXPORT(4, 3, 1)
