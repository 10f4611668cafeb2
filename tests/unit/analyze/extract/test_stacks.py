"""Exceptions of several languages: type, words, and the function that raised them."""
# ruff: noqa: E501 -- texts as programs write them, one a row

import pytest

from homeostat.analyze.signature import sign
from homeostat.model.signature import ErrorClass as Kind

PYTHON = """Traceback (most recent call last):
  File "/srv/shop/main.py", line 9, in <module>
    run()
  File "/srv/shop/core.py", line {line}, in {place}
    client.get()
  File "/opt/venv/lib/python3.11/site-packages/client/core.py", line 88, in get
    raise error
{raised}"""
NODE = """/srv/app.js:{line}
    at the caret
    ^

{raised}
    at {place} (/srv/app.js:{line}:12)
    at Module._compile (node:internal/modules/cjs/loader:1521:14) {tail}

Node.js v20.20.2"""
JAVA = """Exception in thread "main" {raised}
\tat java.base/java.lang.Integer.parseInt(Integer.java:652)
\tat com.acme.Order.{place}(Order.java:{line})
\tat com.acme.Main.main(Main.java:9)"""


def python(raised: str, *, place: str = "load", line: int = 7) -> str:
    return PYTHON.format(raised=raised, place=place, line=line)


def node(raised: str, *, place: str = "load", line: int = 7, tail: str = "") -> str:
    return NODE.format(raised=raised, place=place, line=line, tail=tail)


@pytest.mark.parametrize(
    ("text", "kind", "kept", "place", "error_class"),
    [
        (python("KeyError: 'region'"), "keyerror", ("region",), "load", Kind.LOOKUP_ERROR),
        (python("KeyError: 'order-4711'"), "keyerror", (), "load", Kind.LOOKUP_ERROR),
        (python("KeyError: 'no such order'"), "keyerror", (), "load", Kind.LOOKUP_ERROR),
        (python("ValueError: invalid literal for int(): 'x9'"), "valueerror", (), "load", Kind.VALUE_ERROR),
        (python("ModuleNotFoundError: No module named 'flask'"), "py-import", ("flask",), "", Kind.IMPORT_ERROR),
        (python("ImportError: libmoon.so.3: cannot open shared object file: No such file or directory"), "py-shared-object", ("libmoon.so",), "", Kind.IMPORT_ERROR),
        (python("OSError: libmoon.so.3: cannot open shared object file: No such file or directory"), "py-shared-object", ("libmoon.so",), "", Kind.DEPENDENCY),
        (python("FileNotFoundError: [Errno 2] No such file or directory: '/a/b'"), "filenotfounderror", (), "", Kind.NOT_FOUND),
        (python("shop.InventoryError: sku 12 is gone"), "shop.inventoryerror", (), "load", Kind.VALUE_ERROR),
        (python("shop.OrderNotFoundError: 12"), "shop.ordernotfounderror", (), "", Kind.NOT_FOUND),
        (python("httpx.ReadTimeout: timed out"), "httpx.readtimeout", (), "", Kind.TIMEOUT),
        (python("asyncpg.OperationalError: connection to h refused"), "asyncpg.operationalerror", (), "", Kind.CONNECTION),
        (python("asyncpg.OperationalError: odd things happen"), "asyncpg.operationalerror", (), "", Kind.DATABASE),
        (python("botocore.exceptions.ClientError: An error occurred (SlowDown) when calling the PutObject operation: x"), "slowdown", ("putobject",), "", Kind.RATE_LIMIT),
        (python("grpc._channel._InactiveRpcError: <_InactiveRpcError of RPC\n\tstatus = StatusCode.UNAUTHENTICATED"), "unauthenticated", (), "", Kind.AUTH),
        (python("KeyError: 'TOKEN'").replace("client.get()", "os.environ['TOKEN']"), "keyerror", ("token",), "", Kind.CONFIG_MISSING),
        (python("FileNotFoundError: [Errno 2] No such file or directory: 'ffmpeg'").replace("in get", "in _execute_child"), "filenotfounderror", ("ffmpeg",), "", Kind.COMMAND_NOT_FOUND),
        (python("FileNotFoundError: [Errno 2] No such file or directory: '/a/b'").replace("in get", "in _execute_child"), "filenotfounderror", (), "", Kind.NOT_FOUND),
        (python("pydantic.ValidationError: 1 validation error for Order\nquantity\n  Field required [type=missing, x]"), "validationerror", ("order", "quantity", "missing"), "load", Kind.INVALID_ARGUMENTS),
        (python("pydantic.ValidationError: 1 validation error for Order"), "validationerror", ("order", "", ""), "load", Kind.INVALID_ARGUMENTS),
        ("  File \"a.py\", line 3\n    return (1 +\n           ^\nSyntaxError: '(' was never closed", "syntaxerror", (), "", Kind.SYNTAX),
        ("1 validation error for Order\nquantity\n  Field required [type=missing, x]", "validationerror", ("order", "quantity", "missing"), "", Kind.INVALID_ARGUMENTS),
        ("/usr/bin/python: No module named shoptools", "py-import", ("shoptools",), "", Kind.IMPORT_ERROR),
        (node("TypeError: api.fetch is not a function"), "typeerror", (), "load", Kind.TYPE_ERROR),
        (node("RangeError: page 9 is odd", place="Object.<anonymous>"), "rangeerror", (), "", Kind.VALUE_ERROR),
        (node("Error: payment 9 was declined", place="pay [as run]"), "error", (), "pay", Kind.UNKNOWN),
        (node("StockError: item 9 is gone"), "stockerror", (), "load", Kind.VALUE_ERROR),
        (node("Error: Cannot find module 'express'"), "js-module", ("express",), "", Kind.IMPORT_ERROR),
        (node("Error: Cannot find module './lib/a'", tail="{\n  requireStack: [ '/w/b.js' ]"), "js-module", (), "", Kind.IMPORT_ERROR),
        (node("Error: Cannot find module '/w/a.js'", tail="{\n  requireStack: []"), "js-script", (), "", Kind.IMPORT_ERROR),
        (node("TypeError: fetch failed", tail="{\n  code: 'ECONNREFUSED'"), "typeerror", (), "", Kind.CONNECTION),
        (node("SyntaxError: Unexpected token x in JSON at position 4"), "syntaxerror", (), "load", Kind.PARSE_ERROR),
        (JAVA.format(raised='java.lang.NumberFormatException: For input string: "x9"', place="total", line=3), "java.lang.numberformatexception", (), "total", Kind.VALUE_ERROR),
        (JAVA.format(raised="java.lang.RuntimeException: x", place="a", line=3) + "\nCaused by: java.net.ConnectException: Connection refused", "java.net.connectexception", (), "", Kind.CONNECTION),
        ("Unhandled exception. System.NullReferenceException: Object reference not set\n   at Shop.Orders.Total(Order o) in a.cs:line 3", "system.nullreferenceexception", (), "Total", Kind.ATTRIBUTE_ERROR),
        ("panic: runtime error: index out of range [3] with length 2\n\ngoroutine 1 [running]:\nmain.pick(0x1)\n\t/w/a.go:3 +0x1", "panic", (), "pick", Kind.LOOKUP_ERROR),
        ("thread 'main' panicked at src/a.rs:3:9:\nindex out of bounds: the len is 1 but the index is 9", "panic", (), "", Kind.LOOKUP_ERROR),
        ("thread 'main' panicked at 'attempt to divide by zero', src/a.rs:3:9", "panic", (), "", Kind.VALUE_ERROR),
        ("/w/a.rb:3:in `charge': undefined method `amount' for nil (NoMethodError)", "nomethoderror", ("amount",), "charge", Kind.ATTRIBUTE_ERROR),
        ("PHP Fatal error:  Uncaught Error: Call to undefined function load() in /w/a.php:3\nStack trace:\n#0 /w/b.php(3): Shop->run()", "error", (), "run", Kind.VALUE_ERROR),
        ("cannot settle batch 9 at /w/a.pl line 3.", "die", (), "", Kind.UNKNOWN),
        ("Can't locate Net/Foo.pm in @INC (you may need to install it) at a.pl line 3.", "perl-module", ("net/foo.pm",), "", Kind.IMPORT_ERROR),
        ("bash: line 1:  3957 Segmentation fault      ./loader 6656", "crash", (), "", Kind.SERVER_CRASHED),
        ("FATAL ERROR: Reached heap limit - JavaScript heap out of memory", "crash", (), "", Kind.OUT_OF_MEMORY),
    ],
)  # fmt: skip
def test_an_exception_is_its_type_its_names_and_for_bugs_its_place(
    text: str, kind: str, kept: tuple[str, ...], place: str, error_class: Kind
):
    found = sign("Bash", text)

    assert (found.kind, found.identifiers, found.place) == (kind, kept, place)
    assert found.error_class is error_class


def test_lines_and_files_of_a_stack_are_no_part_of_a_bug():
    one = python("KeyError: 'region'", line=7)
    other = python("KeyError: 'region'", line=99).replace("/srv/shop", "/home/ana/x-2")

    assert sign("Bash", one).id == sign("bash", other).id


@pytest.mark.parametrize("folder", ["internal", "native-app", "my_node_modules", "bun: a test"])
def test_a_users_folder_that_is_called_as_nodes_own_is_the_users(folder: str):
    text = node("TypeError: moon is not a function").replace("/srv", f"/srv/{folder}")

    assert sign("Bash", text).place == "load"


@pytest.mark.parametrize(
    "at", ["node:internal/a", "internal/modules/a.js", "/srv/node_modules/m/a.js", "bun:main"]
)
def test_a_frame_of_a_library_is_not_the_place_of_a_bug(at: str):
    text = node("TypeError: moon is not a function").replace("(/srv/app.js", f"({at}")

    assert sign("Bash", text).place == ""


def test_a_bug_of_another_function_is_another_failure():
    assert sign("Bash", python("KeyError: 'a'", place="load")).id != (
        sign("Bash", python("KeyError: 'a'", place="save")).id
    )


@pytest.mark.parametrize(
    "text",
    [
        'Traceback (most recent call last):\n  File "a.py", line 3, in f',
        "SyntaxError: in words, without a frame",
        "at Object.load (/srv/app.js:3:9)",
        "   at f (/w/a.js:1:2)\n   at g (/w/a.js:1:2)",
        "panic: ",
        "thread 'main' panicked at nothing",
        "unhandled exception of another kind",
        "see a.rb: and so on",
        "fatal error: without a place",
        "Caused by: words\nand more",
        "look at A.java:3",
    ],
)
def test_a_torn_stack_still_has_a_signature(text: str):
    assert sign("Bash", text).id.startswith("S-")
