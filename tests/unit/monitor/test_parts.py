from collections import Counter

import msgspec
import pytest

from homeostat.monitor.parts import Parts


class Item(msgspec.Struct):
    name: str = ""
    size: int = 0


ITEMS = Parts(msgspec.json.Decoder(list[Item] | None), msgspec.json.Decoder(Item), "item")


@pytest.mark.parametrize(
    ("data", "names", "lost"),
    [
        (b'[{"name": "a"}, {"name": "b"}]', [(0, "a"), (1, "b")], {}),
        (b'[{"name": "a"}, 7, {"name": "b"}]', [(0, "a"), (2, "b")], {"unreadable item": 1}),
        (b'[{"name": "a", "size": "big"}]', [(0, "a")], {"unreadable size": 1}),
        (b'[{"name": "a", "size": null}]', [(0, "a")], {}),
        (b'[{"name": "a", "size": "12"}]', [(0, "a")], {}),
        (b"[]", [], {}),
        (b"null", [], {}),
        (b'{"name": "a"}', [], {"unreadable item": 1}),
        (b'"text"', [], {"unreadable item": 1}),
    ],
)
def test_what_can_be_read_keeps_its_place_and_the_rest_is_counted(data, names, lost):
    counted = Counter()

    found = [(place, item.name) for place, item in ITEMS.of(msgspec.Raw(data), counted)]

    assert (found, counted) == (names, lost)
