"""Secrets in columns that the head of a table names."""

import json

import pytest

from homeostat.analyze.redact import redactor

REDACTOR = redactor(b"k" * 32)
PASSWORD = "Maple" + "4711"
OTHER = "Timber" + "Meadow02#"
PHRASE = "walnut-comet-" + "saddle-violin"
TOKEN = "q7Rz2Lm9Xc4V" + "b8Nt3Kp6Wd1Y"

TABLES = [
    "| User | Password |\n| :-- | --: |\n| ada | {} |\n| bob | {} |\n",
    "User | Password\n---|---\nada | {}\nbob | `{}`\n\nEnd",
    "| User | **Password** | Since |\n|---|---|---|\n| ada | **{}** | 1 |\n| bob | {} | 2 |",
    "see\\n| User | Root password (staging) |\\n|---|---|\\n| ada | {} |\\n| bob | {} |\\n",
    " id | password | name\n----+----------+-----\n  1 | {} | ada\n  2 | {} | bob\n(2 rows)\n",
    "+----+--------+\n| id | passwd |\n+----+--------+\n| 1 | {} |\n| 2 | {} |\n+----+--------+",
    "┏━━━━┳━━━━━━━━━━┓\n┃ id ┃ password ┃\n┡━━━━╇━━━━━━━━━━┩\n│ 1  │ {} │\n│ 2  │ {} │\n└───┴────┘",
    "name,password\nada,{}\nbob,{}\n",
    'name,"db password",note\nada,{},"old, but good"\n"bob","{}",\n',
    "password;name\r\n{};ada\r\n{};bob\r\n",
    "id\tlogin\tpassword\n1\tada\t{}\n2\tbob\t{}",
    "an export:\n\nname,code,password\nada,7,{}\nbob,8,{}\n\nthat is all",
    "     1\tname,password\n     2\tada,{}\n     3\tbob,{}\n",
    "     1→| User | Password |\n     2→|---|---|\n     3→| ada | {} |\n     4→| bob | {} |",
    "7:| User | Password |\n8:|---|---|\n9:| ada | {} |\n10:| bob | {} |\n",
    "a.md:7:name,password\na.md:8:ada,{}\na.md:9:bob,{}\n",
    "> | User | Password |\n> |---|---|\n> | ada | {} |\n> | bob | {} |\n",
    "            | User | Password |\n            |---|---|\n  | ada | {} |\n  | bob | {} |\n",
    "name, password, since\nada, {}, 1\nbob, {}, 2\n",
    "\ufeffpassword,name\n{},ada\n{},bob\n",
    "| User | Password: |\n|---|---|\n| ada | {} |\n| bob | {} |\n",
    "| User | Password / Token |\n|---|---|\n| ada | {} |\n| bob | {} |\n",
    "| Auth? | Token= | Password |\n|---|---|---|\n| ada | no | {} |\n| bob | no | {} |\n",
    "+---+------+\n| a | Pwd  |\n+===+======+\n| 1 | {} |\n+---+------+\n| 2 | {} |\n+---+------+",
    "| User | Note | Password |\n|---|---|---|\n| ada | a\\|b | {} |\n| bob | | {} |\n",
    "name,password\nada,{}\n" + "x" * 5000 + ",y\nbob,{}\n",
    'echo "\nname,password\nada,{}\nbob,{}"',
]  # fmt: skip


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("secret", [PASSWORD, PHRASE])
def test_a_column_of_passwords_goes_and_the_others_stay(table: str, secret: str):
    redacted = REDACTOR.redact(table.format(secret, OTHER))

    assert secret not in redacted.text
    assert OTHER not in redacted.text
    assert len(redacted.found) == 2
    assert all(name in redacted.text for name in ("ada", "bob") if name in table)


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("depth", [1, 2, 3])
def test_a_column_goes_however_often_json_escapes_its_table(table: str, depth: int):
    text = table.format(PASSWORD, OTHER)
    for _ in range(depth):
        text = json.dumps({"rows": text, "code": 0}, ensure_ascii=False)

    redacted = REDACTOR.redact(text).text

    assert PASSWORD not in redacted
    assert OTHER not in redacted
    for _ in range(depth):
        redacted = json.loads(redacted)["rows"]


def test_a_cell_in_json_ends_where_its_string_does():
    table = {"rows": f"| User | Password |\n|---|---|\n| ada | {PASSWORD}"}

    assert REDACTOR.redact(json.dumps(table)).found == REDACTOR.redact(table["rows"]).found


@pytest.mark.parametrize(
    "cell",
    [
        "vault/dev/db1",
        "secrets.yaml#L12",
        "src/auth/password2.py",
        "line:42",
        "bcrypt-2b",
        "utf8mb4",
        "varchar2",
        "TEST_12",
        "2024-01-01T10:00:00Z",
        "k\\u00e4se \\u00e4",
    ],
)
def test_a_cell_that_says_where_when_or_which_type_stays(cell: str):
    for text in (f"| User | Password |\n|---|---|\n| ada | {cell} |", f"name,password\nada,{cell}"):
        assert REDACTOR.redact(text).text is text


@pytest.mark.parametrize(
    "table",
    [
        "| Service | Api Token |\n|---|---|\n| shop | {} |",
        "| Api key | Password |\n|---|---|\n| {} | none |",
        "service,api_key,password\nshop,{},none\n",
    ],
)
def test_a_column_of_tokens_holds_what_nobody_names_a_thing_with(table: str):
    assert TOKEN not in REDACTOR.redact(table.format(TOKEN)).text


@pytest.mark.parametrize(
    "text",
    [
        "| Token | Meaning |\n|---|---|\n| kw_while2 | a word |\n| string | a text |\n",
        "| Field | Password |\n|---|---|\n| type | VARCHAR(255) |\n| rule | required |\n",
        "| Suite | Pass | Fail |\n|---|---|---|\n| unit | 2211ms4 | 0 |\n",
        "| User | Password |\n| ada | see2vault |\n",
        "name,password\nada,none\nbob,${BOB_PASSWORD}\n",
        "name,password,since\nada,see2vault\n",
        "def login(user, password, host1):\n    f(user, get2password, host1)\n",
        "f(user,password\nimport other1,second22\n",
        "ada,password,1\nname,password2,3\nbob,third3rd,4",
        "password,\nvalue22,\n",
        "password | word22 and more\n",
        "total,tokens\nunit,12345678",
        "password,x" * 200,
        "    user, password\n    ada, see2vault\n",
        "import user, password\nfrom other, see2vault\n",
        "user, password\nada,see2vault\n",
        '{"head": "name,password", "rows": "ada,see2vault\\n"}',
        "1:name,password\nada,see2vault\n",
    ],
)
def test_what_is_no_table_or_no_secret_stays(text: str):
    assert REDACTOR.redact(text).text is text
