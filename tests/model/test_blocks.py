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


def test_what_is_made_of_blocks_stands_in_order_however_they_grew():
    lots = random.Random(7)  # noqa: S311 - sizes keep no secret
    values = [lots.randrange(1000) for _ in range(6000)]
    blocks: Blocks[int] = Blocks()
    reached = 0
    while reached < len(values):
        size = lots.choice((1, 1, 5, 700))
        blocks = blocks.followed_by(values[reached : reached + size])
        reached += size
        told = values[:reached]
        assert blocks.in_order("up", sorted) == sorted(told)
        down = blocks.in_order("down", lambda block: sorted(block, reverse=True), lambda value: -value)
        assert down == sorted(told, reverse=True)
    # Other blocks behind the same first one are not those that were put in order before.
    fewer = Blocks([*list(blocks.blocks())[:1], Block([5])])
    assert fewer.in_order("up", sorted) == sorted([*next(blocks.blocks()), 5])


def test_only_what_came_since_is_put_in_its_place():
    asked = []

    def noted(block: Block[int]) -> list[int]:
        asked.append(len(block))
        return sorted(block)

    blocks = grown([600, 600])
    assert blocks.in_order("up", noted) == list(range(1200))
    before = list(asked)
    for block in list(blocks.blocks()):
        assert block.once("up", lambda _: []) == sorted(block)
    assert blocks.followed_by([3]).in_order("up", noted) == sorted([*range(1200), 3])
    assert asked == [*before, 1]


def test_what_is_made_of_all_blocks_is_made_once_until_there_are_others():
    asked = []

    def counted(told: Blocks[int]) -> int:
        asked.append(len(told))
        return len(told)

    blocks = grown([3, 600])
    assert [blocks.once("count", counted), blocks.once("count", counted), asked] == [603, 603, [603]]
    more = blocks.followed_by([1])
    assert [more.once("count", counted), blocks.once("count", counted), asked] == [604, 603, [603, 604, 603]]
    assert [blocks_of([1, 2]).once("count", counted), Blocks[int]().once("count", counted)] == [2, 0]
