"""Records and numbers at addresses: how compiled code reaches tables whose sizes it does not know.

An array handed to a compiled function is seven numbers and a count of its users; dozens of them, handed on from one
function to the next, cost more than the work itself. So the kernel keeps the address of each array as one number, and
looks at a record there. Whoever makes the addresses keeps the arrays alive while they are used; nothing checks a
position.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast

import numpy as np
from numba import types
from numba.core.cgutils import pack_array
from numba.extending import intrinsic
from numba.np.arrayobj import make_array, populate_array

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Reach = Callable[[int, int, Any], Any]

NUMBER = np.dtype([("value", "f8")])
"""One floating-point number."""
WHOLE = np.dtype([("value", "i8")])
"""One integer."""
NARROW = np.dtype([("value", "i4")])
"""One integer of 32 bits."""


def _record_at(context: Any, address: Any, position: Any, dtype: Any) -> Any:  # noqa: ANN401, ARG001 - Numba's types
    """What `record_at` compiles to."""
    record = dtype.dtype

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:  # noqa: ANN401
        start, index, _ = arguments
        kind = context.get_value_type(types.int64)
        size = context.get_constant(types.int64, record.size)
        wide = context.cast(builder, index, signature.args[1], types.int64)
        place = builder.add(builder.bitcast(start, kind), builder.mul(wide, size))
        return builder.inttoptr(place, context.get_value_type(record))

    return record(address, position, dtype), generate


def _numbers_at(context: Any, address: Any, count: Any, dtype: Any) -> Any:  # noqa: ANN401, ARG001 - Numba's types
    """What `numbers_at` compiles to."""
    array = types.Array(dtype.dtype, 1, "C")

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:  # noqa: ANN401
        start, length, _ = arguments
        made = make_array(array)(context, builder)  # type: ignore[no-untyped-call]
        size = context.get_abi_sizeof(context.get_data_type(array.dtype))
        lengths = [context.cast(builder, length, signature.args[1], types.intp)]
        shape = pack_array(builder, lengths)  # type: ignore[no-untyped-call]
        strides = pack_array(builder, [context.get_constant(types.intp, size)])  # type: ignore[no-untyped-call]
        populate_array(  # type: ignore[no-untyped-call]
            made,
            data=builder.inttoptr(start, made.data.type),
            shape=shape,
            strides=strides,
            itemsize=context.get_constant(types.intp, size),
            meminfo=None,
        )
        return made._getvalue()  # noqa: SLF001 - Numba's name for it

    return array(address, count, dtype), generate


record_at: Final = cast("Reach", intrinsic(_record_at))
"""Record at a position of an array of records: ``record_at(address, position, dtype)``."""
numbers_at: Final = cast("Reach", intrinsic(_numbers_at))
"""Array of plain numbers at an address, not to be returned: ``numbers_at(address, count, np.float64)``."""


def address_of(array: NDArray[Any]) -> int:
    """Address of an array's first element; the array must be contiguous, and outlive every use of the address."""
    if not array.flags.c_contiguous:
        message = "only a contiguous array can be reached by its address"
        raise ValueError(message)
    address: int = array.ctypes.data
    return address
