"""Reads a ravine store with xarray, so that no cell that was not computed passes for a value.

    dataset = read_store.open_store("out/convergence_map")
    dataset.rate.sel(alpha=1.0, method="nearest").plot()

Needs xarray and zarr, nothing of ravine.
"""

import itertools
import json
import pathlib
import warnings

import numpy
import xarray

TILES_PER_FOLDER = 4096


def open_store(path):
    """The store's dataset, opened lazily. Cells of tiles that are not done are NaN (codes such as the regime: 0, counts
    and steps: -2^63), with a warning.

    A tile is done when it has a record. The records' checksums are for `ravine verify`: it reads every byte.
    """
    path = pathlib.Path(path)
    # mask_and_scale=False leaves the regime the whole number that it is, 0 where it was not computed. Without it xarray
    # turns the regime into floats, with NaN for 0.
    dataset = xarray.open_zarr(path, consolidated=True, mask_and_scale=False)
    missing = missing_tiles(path, dataset)
    if missing:
        warnings.warn(f"{path}: {len(missing)} of the tiles are not done; their cells are NaN, codes 0, integers -2^63")
    for position in missing:
        _blank_tile(path, dataset, position)
    return dataset


def missing_tiles(path, dataset):
    """The positions (in units of tiles, one index per axis) of the tiles that have no record."""
    shape = next(iter(dataset.data_vars.values())).shape
    tiles_along = [-(-cells // tile) for cells, tile in zip(shape, dataset.attrs["ravine_tile_shape"])]
    positions = itertools.product(*map(range, tiles_along))
    return [position for number, position in enumerate(positions) if not _record_path(path, number).is_file()]


def tile_record(path, number):
    """What ravine noted of a tile: the checksum of each chunk and the tile's share of the summary."""
    return json.loads(_record_path(path, number).read_text())


def _record_path(path, number):
    return pathlib.Path(path) / ".ravine" / "tiles" / str(number // TILES_PER_FOLDER) / str(number)


def _blank_tile(path, dataset, position):
    """A run that was killed can leave a chunk without its record: its values do not count."""
    box = tuple(
        slice(index * tile, (index + 1) * tile) for index, tile in zip(position, dataset.attrs["ravine_tile_shape"])
    )
    for name, array in dataset.data_vars.items():
        if path.joinpath(name, *map(str, position)).exists():
            array.load()
            array[box] = {"f": numpy.nan, "i": numpy.iinfo(numpy.int64).min, "u": 0}[array.dtype.kind]
