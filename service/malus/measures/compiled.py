"""Owns how a kernel is compiled; does not own any kernel.

A kernel is compiled once for each set of argument types and kept on disk, so that a later process only loads
it. Where the disk lies is numba's own rule: the folder that the process was given for it, beside the source,
or the person's cache folder. No path and no environment is read here.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar, cast

import numba
from numba.core.caching import FunctionCache
from numba.core.runtime import nrt

Kernel = TypeVar("Kernel", bound=Callable[..., object])


def compiled(kernel: Kernel) -> Kernel:
    """The kernel as machine code that frees the interpreter lock, kept on disk where that can be.

    Where none can (an install that is read-only, without a cache folder), each process compiles for itself:
    slower to start, same figures. A kernel calls only kernels of its own module, because numba's store
    notices a changed source file but not a changed callee in another one.
    """
    dispatcher: Any = numba.njit(nogil=True)(kernel)
    # numba says "no locator available" so, at decoration, when it finds no folder to write to.
    with suppress(RuntimeError):
        # What `cache=True` does, with a store that loads less.
        dispatcher._cache = _Stored(kernel)  # type: ignore[no-untyped-call] # noqa: SLF001
    return cast(Kernel, dispatcher)


class _Stored(FunctionCache):
    """numba's store of compiled kernels, without what only compiling needs.

    numba makes itself ready to compile before it loads a kernel: 0.35 s in which it imports all that it knows of
    numpy, against 0.05 s for the kernels. Whatever is not found in the store is compiled as ever.
    """

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        # Machine code as it was stored calls the functions that keep arrays' memory, and these must be known.
        nrt.rtsys.initialize(target_context)
        with self._guard_against_spurious_io_errors():
            return self._load_overload(sig, target_context)  # type: ignore[no-untyped-call]
