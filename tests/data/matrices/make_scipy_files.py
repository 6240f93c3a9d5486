"""Writes the .npy and .npz files of this folder with NumPy and SciPy: python3 make_scipy_files.py"""
import pathlib

import numpy as np
import scipy.sparse as sp

here = pathlib.Path(__file__).parent

tridiagonal = sp.diags([[-1.0] * 4, [2.0, 2.25, 2.5, 2.75, 3.0], [-1.0] * 4], [-1, 0, 1]).tocsr()
sp.save_npz(here / "tridiagonal_csr.npz", tridiagonal)
long_indices = tridiagonal.tocsc()
long_indices.indices = long_indices.indices.astype(np.int64)
long_indices.indptr = long_indices.indptr.astype(np.int64)
sp.save_npz(here / "tridiagonal_csc_int64_stored.npz", long_indices, compressed=False)
sp.save_npz(here / "tridiagonal_coo_float32.npz", tridiagonal.astype(np.float32).tocoo())
sp.save_npz(here / "tridiagonal_bsr.npz", tridiagonal.tobsr())
sp.save_npz(here / "duplicate_coo.npz", sp.coo_matrix(([1.0, 0.5, 2.0], ([0, 0, 1], [0, 0, 1])), shape=(2, 2)))

hilbert = np.array([[1.0 / (i + j + 1) for j in range(4)] for i in range(4)])
np.save(here / "hilbert4.npy", hilbert)
np.save(here / "hilbert4_fortran_float32.npy", np.asfortranarray(hilbert.astype(np.float32)))
