#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the .npz files of this folder, with NumPy 1.24. Element i of `a`, in C order, is (i + 1) * 2.385 - 7."""
import io
import zipfile

import numpy as np


def values(*shape):
    return (np.arange(np.prod(shape)) + 1).reshape(shape) * 2.385 - 7


def by_hand(name, members, method=zipfile.ZIP_STORED):
    with zipfile.ZipFile(name, "w", method) as archive:
        for member, content in members.items():
            archive.writestr(member, content)


def npy(array, version=(1, 0)):
    stream = io.BytesIO()
    np.lib.format.write_array(stream, array, version=version)
    return stream.getvalue()


a = values(2, 3, 4)
np.savez("stored.npz", a=a, b=values(5), c=np.float64(2.385))
np.savez_compressed("deflated.npz", a=a, zeros=np.zeros((64, 64)))
np.savez("fortran.npz", a=np.asfortranarray(a), b=np.asfortranarray(values(3, 5)))
np.savez_compressed("float32.npz", a=a.astype("<f4"), b=np.asfortranarray(a.astype("<f4")))
np.savez("others.npz", a=a, whole=np.arange(3), truth=np.array([True]), complex=np.array([1j]))
by_hand("version2.npz", {"a.npy": npy(a, (2, 0)), "b.npy": npy(a, (3, 0)), "notes.txt": b"no array"})
np.savez("big_endian.npz", a=a.astype(">f8"))
np.savez("objects.npz", other=np.array([None, {}], dtype=object))
np.savez("strings.npz", other=np.array(["one", "three"]))
np.savez("records.npz", a=np.zeros(2, dtype=[("x", "<f8"), ("y", "<f4")]))
np.savez("whole.npz", a=np.arange(4))
np.savez("nan.npz", a=np.where(a == a[1, 0, 2], np.nan, a))
np.savez("infinite.npz", a=np.asfortranarray(np.where(a == a[0, 2, 1], -np.inf, a)))
