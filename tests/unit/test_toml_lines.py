"""On which line a field of a TOML file stands."""

import pytest

from stormbench.toml_lines import TomlLines

TEXT = '''\
# A comment, with a = 1 and [a.table] in it.
name = "one"  # name = 2
text = """
name = "not a field"
[not.a.table]
"""
raw = \'\'\'
[[nor]] = 'this' \'\'\'

list = [
    1,  # ]
    { a = "]" },
]
"quoted key" . b = 3
'single "' = 4

[table]
field = 5
  indented.deep = 6

[[rows]]
first = 1

[[rows]]
first = 2
[rows.inner]
field = 7
[[rows.inner.deep]]
field = 8
[[ rows . inner . deep ]]  # a header
field = "#"

["a.b"."c]"]
field = 9
'''
LINES = TomlLines(TEXT)


@pytest.mark.parametrize(
    ("place", "line"),
    [
        (("name",), 2),
        (("text",), 3),
        (("raw",), 7),
        (("list",), 10),
        (("list", 1, "a"), 10),
        (("quoted key", "b"), 14),
        (('single "',), 15),
        (("table",), 17),
        (("table", "field"), 18),
        (("table", "indented", "deep"), 19),
        (("rows", 0), 21),
        (("rows", 0, "first"), 22),
        (("rows", 1, "first"), 25),
        (("rows", 1, "inner", "field"), 27),
        (("rows", 1, "inner", "deep", 0, "field"), 29),
        (("rows", 1, "inner", "deep", 1, "field"), 31),
        (("a.b", "c]", "field"), 34),
    ],
)
def test_field_is_found_on_its_line(place, line):
    assert LINES.line_of(place) == line


@pytest.mark.parametrize(("place", "line"), [(("rows", 0, "third"), 21), (("table", "x", 2), 17)])
def test_field_that_is_not_there_is_on_the_line_of_its_table(place, line):
    assert LINES.line_of(place) == line


@pytest.mark.parametrize("place", [(), ("not",), ("nor",), ("a",)])
def test_what_is_not_there_on_top_is_on_no_line(place):
    assert LINES.line_of(place) is None


def test_lines_that_end_as_on_windows_are_counted_alike():
    windows = TomlLines(TEXT.replace("\n", "\r\n"))
    assert windows.line_of(("rows", 1, "inner", "deep", 1, "field")) == 31


def test_last_line_needs_no_end():
    assert TomlLines("a = 1\nb = [\n]").line_of(("b",)) == 2


@pytest.mark.parametrize(
    "text", ['a = """x""""\nb = 1', "a = '''x''''\nb = 1", r'a = "\""' "\nb = 1"]
)
def test_string_that_ends_with_a_quote_ends_there(text):
    assert TomlLines(text).line_of(("b",)) == 2
