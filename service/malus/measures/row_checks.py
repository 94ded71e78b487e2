"""Owns the compiled checks of what rows say of themselves: their ids, as hashes, and the service that they name.

Does not own: what follows for an agreement with such rows; it is marked, and the caller judges it from its events.
"""

import numpy as np
import numpy.typing as npt

from malus.measures.compiled import compiled

Longs = npt.NDArray[np.int64]
Ints = npt.NDArray[np.int32]
Bytes = npt.NDArray[np.uint8]

#: The most characters that an id may have to be hashed.
MOST_LETTERS = 200


@compiled
def hash_ids(
    agreements: Ints,
    agreement_bits: Bytes,
    agreement_numbers: Ints,
    letters: Bytes,
    offsets: Longs,
    id_bits: Bytes,
    odd: Bytes,
    owners: Ints,
    hashes: Longs,
) -> int:
    """Writes the agreement and the hash of each row's id (64-bit FNV-1a); returns how many.

    `agreements`, their bits and numbers: as `row_kernels.fold_rows` takes them; strangers are left out. `offsets`:
    where each id begins in `letters`. `odd`: marked where an id is missing or is no plain word, which has no blank, no
    other script, and neither comma nor number sign: names that are made of content or of other ids have those.
    """
    kept = 0
    for row in range(agreements.size):
        code = agreements[row]
        if agreement_bits.size > 0 and (agreement_bits[row >> 3] >> (row & 7)) & 1 == 0:
            continue
        if code < 0 or code >= agreement_numbers.size or agreement_numbers[code] < 0:
            continue
        agreement = agreement_numbers[code]
        first = offsets[row]
        last = offsets[row + 1]
        if (
            (id_bits.size > 0 and (id_bits[row >> 3] >> (row & 7)) & 1 == 0)
            or first == last
            or last - first > MOST_LETTERS
        ):
            odd[agreement] = 1
            continue
        value = np.uint64(14695981039346656037)
        for place in range(first, last):
            letter = letters[place]
            if letter <= 32 or letter >= 127 or letter in (35, 44):
                odd[agreement] = 1
            value = (value ^ np.uint64(letter)) * np.uint64(1099511628211)
        owners[kept] = agreement
        hashes[kept] = np.int64(value ^ (value >> np.uint64(32)))
        kept += 1
    return kept


@compiled
def check_services(
    agreements: Ints,
    agreement_bits: Bytes,
    agreement_numbers: Ints,
    services: Ints,
    service_bits: Bytes,
    service_numbers: Ints,
    service_of: Ints,
    odd: Bytes,
) -> None:
    """Marks agreements with a row that names another service than theirs.

    `service_numbers`: by the file's code the number of a service, -1 for one that nobody has, -2 for no name at all.
    `service_of`: by agreement the number of its only service, -1 where its events are judged one by one anyway.
    """
    for row in range(agreements.size):
        code = agreements[row]
        if agreement_bits.size > 0 and (agreement_bits[row >> 3] >> (row & 7)) & 1 == 0:
            continue
        if code < 0 or code >= agreement_numbers.size or agreement_numbers[code] < 0:
            continue
        if service_bits.size > 0 and (service_bits[row >> 3] >> (row & 7)) & 1 == 0:
            continue
        said = service_numbers[services[row]]
        agreement = agreement_numbers[code]
        if said != -2 and said != service_of[agreement]:
            odd[agreement] = 1
