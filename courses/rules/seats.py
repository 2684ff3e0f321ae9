"""How many people seats ask for."""

from collections.abc import Iterable

#: Names of the columns of `Seats` that are asked.
COLUMNS = ("course_id", "office_id", "block_id", "number")


def people_asked_for(seats: Iterable[tuple[int, int, int | None, int]]) -> dict[tuple[int, int], int]:
    """By ids of class and office the number of people; of rows with `COLUMNS`, the block None for the whole class.

    The number for the class holds. Where seats are given by block alone it is that of the largest block: one person can
    attend several, so it is the fewest people that fill them. The sum would call for people who may not be meant.
    """
    of_class: dict[tuple[int, int], int] = {}
    of_blocks: dict[tuple[int, int], int] = {}
    for course, office, block, number in seats:
        if block is None:
            of_class[course, office] = number
        else:
            of_blocks[course, office] = max(number, of_blocks.get((course, office), 0))
    return of_blocks | of_class
