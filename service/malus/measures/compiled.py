"""Owns how a kernel is compiled; does not own any kernel.

A kernel is compiled once for each set of argument types and kept on disk, so that a later process only loads
it. Where the disk lies is numba's own rule: the folder that the process was given for it, beside the source,
or the person's cache folder. No path and no environment is read here.
"""

from collections.abc import Callable
from typing import TypeVar, cast

import numba

Kernel = TypeVar("Kernel", bound=Callable[..., object])


def compiled(kernel: Kernel) -> Kernel:
    """The kernel as machine code that frees the interpreter lock, kept on disk where that can be.

    Where none can (an install that is read-only, without a cache folder), each process compiles for itself:
    slower to start, same figures. A kernel calls only kernels of its own module, because numba's store
    notices a changed source file but not a changed callee in another one.
    """
    try:
        return cast(Kernel, numba.njit(cache=True, nogil=True)(kernel))
    except RuntimeError:
        # numba says "no locator available" so, at decoration, when it finds no folder to write to.
        return cast(Kernel, numba.njit(nogil=True)(kernel))
