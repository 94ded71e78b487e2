"""A history in blocks is the history, and what is worked out of a block is worked out once."""

import random

from malus.model.blocks import MOST_REMEMBERED, Block, Blocks, blocks_of


def grown(sizes: list[int]) -> Blocks[int]:
    blocks: Blocks[int] = Blocks()
    for size in sizes:
        blocks = blocks.followed_by(range(len(blocks), len(blocks) + size))
    return blocks


def test_values_stand_in_the_order_in_which_they_came():
    lots = random.Random(4)  # noqa: S311 - sizes keep no secret
    sizes = [lots.choice((1, 1, 1, 3, 40, 700)) for _ in range(400)]
    blocks = grown(sizes)
    assert list(blocks) == list(range(sum(sizes)))
    assert (len(blocks), blocks[7], list(blocks[5:9]), blocks.first(3)) == (sum(sizes), 7, [5, 6, 7, 8], [0, 1, 2])


def test_a_long_history_has_few_small_blocks_and_large_ones_stay():
    blocks = grown([1] * 5000)
    sizes = [len(block) for block in blocks.blocks()]
    assert sum(size < 512 for size in sizes) <= 7 * 3
    assert len(sizes) <= 5000 / 512 + 7 * 3
    before = [block for block in blocks.blocks() if len(block) >= 512]
    assert [block for block in blocks.followed_by([1]).blocks() if len(block) >= 512] == before


def test_what_is_worked_out_of_a_block_is_worked_out_once_and_the_oldest_is_forgotten():
    asked = []

    def sums(block: Block[int]) -> int:
        asked.append(len(block))
        return sum(block)

    block = Block([1, 2, 3])
    assert [block.once("sum", sums), block.once("sum", sums), asked] == [6, 6, [3]]
    for number in range(MOST_REMEMBERED):
        block.once(number, sums)
    assert (block.once("sum", sums), len(asked)) == (6, 2 + MOST_REMEMBERED)


def test_values_in_an_order_stand_so_however_they_came():
    blocks = Blocks([Block([5, 9]), Block([1, 7])], [3], order=lambda value: value)
    assert list(blocks) == [1, 3, 5, 7, 9]
    assert list(blocks.chosen("odd", lambda block: [value for value in block if value > 4])) == [5, 7, 9]
    assert sorted(blocks.mapped("twice", lambda block: [2 * value for value in block])) == [2, 6, 10, 14, 18]
    blocks.append(4)
    blocks.add(Block([2]))
    assert list(blocks) == [1, 2, 3, 4, 5, 7, 9]


def test_loose_values_become_a_block_that_stays_when_they_are_closed():
    blocks = blocks_of([1, 2])
    assert [list(block) for block in blocks.blocks()] == [[1, 2]]
    assert blocks.closed()[0] is blocks.closed()[0]
    assert blocks_of(blocks) is blocks
