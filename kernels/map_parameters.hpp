// What the kernels of rate maps take by value. Plain C++: the host code and the tests fill them too.
//
// A tile is seen as rows: the fastest axis runs along the row (the columns), the slower ones make up the rows.
// Positions of a tile are those of its chunk, padding included, numbered in C order: position = row * row_length +
// column.
#pragma once

#include <cstdint>

#include "kernels/map_sweep.hpp"
#include "ravine/model/heavy_ball_band.hpp"
#include "ravine/model/worst_case.hpp"

namespace ravine::cuda {

/// One parameter of the method over a tile: a value per column where the rows run along it, else a value per row.
template <class F>
struct Parameter {
  const F* values;
  bool per_column;
};

/// The rows of a tile. Every array has one element a row, but parameters that are per column.
template <class F>
struct Rows {
  Parameter<F> alpha;
  Parameter<F> beta;
  Parameter<F> lambda;
  const std::int64_t*
      columns;               ///< cells; positions beyond are padding, all of them in a row that is none of the grid's
  const model::Band* bands;  ///< the cells with complex eigenvalues
  std::int64_t row_length;   ///< positions
};

/// Positions of a tile.
struct Positions {
  std::int64_t first;
  std::int64_t count;
};

/// What one launch evaluates: positions [first, first + count) of the tile; and by how many rows and columns a thread
/// moves on from one of its positions to the next (together blocks * threads positions).
struct Batch {
  std::int64_t first;
  std::int64_t count;
  std::int64_t step_rows;
  std::int64_t step_columns;
};

/// Where values go. `values` and the bits of `uncertain` belong to the batch's positions, in order; a bit is set where
/// the value is not certain and has to be settled. `in_band` has the value of cells with complex eigenvalues, per
/// column or per row as beta is.
template <class T>
struct Output {
  T* values;
  std::uint32_t* uncertain;  ///< (count + 31) / 32 words
  const T* in_band;
};

/// A spectrum to take the worst case over. Sorted means ascending or descending, ties allowed.
template <class F>
struct SpectrumView {
  const F* values;
  std::int64_t size;
  model::Ends<F> ends;
  bool is_sorted;
};

/// Beside the rows, whose bands are those at the smallest eigenvalue.
template <class F>
struct WorstCase {
  SpectrumView<F> eigenvalues;
  const model::Band* bands_at_largest;
};

/// The axes of a tile, slowest first; a map with fewer has leading ones of one element.
template <class F>
struct TileAxes {
  const F* values[3];
  std::int64_t stored[3];  ///< elements as stored
  std::int64_t cells[3];   ///< of these, in the grid
};

/// Where the unfolded rows go: the value of each of the two slower axes, and the cells.
template <class F>
struct RowTables {
  F* slowest;
  F* slower;
  std::int64_t* columns;
  std::int64_t rows;
};

/// What the bands of rows are found from: the parameters (lambda.values is null where it is reduced: it is then
/// `reduced_lambda` in every row), the one that varies along the rows, and its values.
template <class F>
struct BandSearch {
  Parameter<F> alpha;
  Parameter<F> beta;
  Parameter<F> lambda;
  F reduced_lambda;
  model::Along along;
  const F* values;
  const std::int64_t* columns;
  std::int64_t rows;
};

/// The best value of a block's positions, the first where several are, and how many of them converge. Without padding,
/// so that all of its bytes are written.
struct BestPartial {
  std::uint64_t value_bits;  ///< of the F, in the low bits
  std::int64_t offset;       ///< from the batch's first position; negative: none
  std::int64_t convergent;
};

/// How often each regime stands at a block's positions; 0 is padding.
struct RegimePartial {
  std::uint32_t counts[8];
};

}  // namespace ravine::cuda
