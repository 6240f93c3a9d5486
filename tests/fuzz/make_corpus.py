"""Writes the fuzzers' first inputs, with NumPy and SciPy: python3 make_corpus.py

Valid files of every kind that a reader takes, and one of each kind that it must refuse."""
import io
import json
import pathlib
import struct

import numpy as np
import scipy.sparse as sp

corpus = pathlib.Path(__file__).parent / "corpus"


def put(reader, name, content):
    folder = corpus / reader
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())


def npy(array):
    buffer = io.BytesIO()
    np.save(buffer, array)
    return buffer.getvalue()


def npz(matrix, compressed):
    buffer = io.BytesIO()
    sp.save_npz(buffer, matrix, compressed=compressed)
    return buffer.getvalue()


def arrays(**given):
    """What the reader npz_arrays takes: the arrays in its order, each behind its length in two bytes."""
    order = ["format", "shape", "data", "indptr", "indices", "row", "col"]
    parts = [npy(given[name]) if name in given else b"" for name in order]
    return b"".join(struct.pack("<H", len(part)) + part for part in parts)


def compressed_arrays(format, matrix):
    return arrays(format=np.array(format), shape=np.array(matrix.shape), data=matrix.data, indptr=matrix.indptr,
                  indices=matrix.indices)


put("csv", "column", "lambda\n1\n2.5\n-3e-2\n")
put("csv", "no_header", "1\n+2\n0x10\n")
put("csv", "table", "# points\nx, y ,note\n0.1,0.5,a\n\n1e-3,\t7,b\r\n")
put("csv", "missing_field", "x,y\n1,2\n3\n")
put("csv", "not_finite", "x\nnan\n1e999\n-inf\n")

put("edge_list", "path", "# a path\n0 1\n1\t2\n3, 2 # the end\n")
put("edge_list", "loop", "0 1\n1 1\n")
put("edge_list", "duplicate", "0 1\n1 0\n")
put("edge_list", "huge", "0 2147483646\n-1 9223372036854775808\n")

for reader in ["matrix_market", "matrix_market_graph"]:
    banner = "%%MatrixMarket matrix coordinate "
    put(reader, "symmetric", banner + "real symmetric\n% by hand\n3 3 4\n1 1 2\n2 1 -1.5\n2 2 2\n3 3 1e-3\n")
    put(reader, "general", banner + "integer general\n2 2 4\n1 1 2\n1 2 -1\n2 1 -1\n2 2 2\n")
    put(reader, "pattern", banner + "pattern symmetric\r\n4 4 3\r\n2 1\r\n3 1\r\n4 4")
    put(reader, "not_symmetric", banner + "real general\n2 2 2\n2 1 1\n1 2 2\n")
    put(reader, "duplicate", banner + "real symmetric\n2 2 2\n2 1 1\n2 1 1\n")
    put(reader, "complex", banner + "complex hermitian\n1 1 1\n1 1 1 0\n")
    put(reader, "huge", banner + "real symmetric\n2147483647 2147483647 9223372036854775807\n1 1 1\n")
    put(reader, "many_rows", banner + "pattern symmetric\n2147483647 2147483647 1\n1 1\n")
    put(reader, "array", "%%MatrixMarket matrix array real general\n2 2\n1\n2\n2\n4\n")
    put(reader, "array_symmetric", "%%MatrixMarket matrix array real symmetric\n2 2\n1\n2\n4\n")

square = np.array([[1.0, 2.0, -0.5], [2.0, 4.0, 0.25], [-0.5, 0.25, 8.0]])
put("npy", "float64", npy(square))
put("npy", "float32_fortran", npy(np.asfortranarray(square.astype(np.float32))))
put("npy", "int64", npy(np.array([[1, 2], [2, 3]])))
put("npy", "int32_column", npy(np.array([1, 2, 3], dtype=np.int32)))
put("npy", "not_symmetric", npy(np.array([[1.0, 2.0], [3.0, 4.0]])))
put("npy", "huge", npy(np.zeros((1, 1))).replace(b"(1, 1)", b"(1073741824, 1073741824)"))
put("npy", "nan", npy(np.array([[np.nan]])))

path = sp.diags([[-1.0, -1.0], [2.0, 2.25, 2.5], [-1.0, -1.0]], [-1, 0, 1]).tocsr()
long_indices = path.tocsc()
long_indices.indices = long_indices.indices.astype(np.int64)
long_indices.indptr = long_indices.indptr.astype(np.int64)
put("npz", "csr", npz(path, compressed=True))
put("npz", "csc_stored", npz(long_indices, compressed=False))
put("npz", "coo", npz(path.astype(np.float32).tocoo(), compressed=True))
put("npz", "bsr", npz(path.tobsr(), compressed=True))
put("npz", "zeros", npz(sp.csr_matrix((400, 400)), compressed=True))

put("npz_arrays", "csr", compressed_arrays(b"csr", path))
put("npz_arrays", "csc", compressed_arrays(b"csc", long_indices))
coo = path.tocoo()
put("npz_arrays", "coo", arrays(format=np.array(b"coo"), shape=np.array(coo.shape), data=coo.data, row=coo.row,
                                col=coo.col))
put("npz_arrays", "huge", arrays(format=np.array(b"coo"), shape=np.array([2147483647, 2147483647]),
                                 data=np.array([1.0]), row=np.array([0]), col=np.array([0])))
path.indptr = path.indptr[::-1].copy()
put("npz_arrays", "descending", compressed_arrays(b"csr", path))

put("pgm", "plain", "P2\n# grey\n3 2\n255\n0 1 2\n253 254 255\n")
put("pgm", "raw", b"P5 3 2 255\n\x00\x01\x02\xfd\xfe\xff")
put("pgm", "raw_16_bits", b"P5 2 1 65535\n\x01\x02\xff\xfe")
put("pgm", "huge_plain", "P2\n2147483647 2147483647 9\n1 1\n")
put("pgm", "huge_raw", "P5\n2147483647 2147483647 9\n11")

attributes = {
    "title": "laplacian of a path graph 3", "kind": "graph", "solver": "closed form", "n": 3, "nonzeros": 7,
    "components": 1, "kernel": 1, "zero_tolerance": 1.3e-15, "notes": ["made up"],
    "checks": {"residual": None, "residual_is": "", "orthogonality": None, "trace": 1e-16, "frobenius": 0,
               "tolerance": 1.1e-13}}


def spectrum_record(attributes, shape):
    """Without a checksum: the reader takes it as it is, and seals it itself."""
    arrays = [{"name": name, "dtype": dtype, "shape": shape, "checksum": "99aa06d3014798d86001c324468d497f"}
              for name, dtype in [("mode", "<i8"), ("eigenvalue", "<f8"), ("eigenvalue_bound", "<f8")]]
    arrays.append({"name": "eigenvector", "dtype": "<f8", "shape": [3, 3], "checksum": ""})
    return json.dumps({"identity": "0123456789abcdef0123456789abcdef", "attributes": attributes,
                       "metadata_checksum": "99aa06d3014798d86001c324468d497f", "arrays": arrays})


put("spectrum_record", "path", spectrum_record(attributes, [3]))
put("spectrum_record", "negative_shape", spectrum_record(attributes, [-5]))
put("spectrum_record", "huge_shape", spectrum_record(attributes, [2**40, 2**40]))
put("spectrum_record", "no_attributes", spectrum_record({}, [3]))
put("spectrum_record", "nested", "[" * 4096)
put("spectrum_record", "nested_attribute", spectrum_record(attributes | {"more": json.loads("[" * 20 + "]" * 20)}, [3]))
