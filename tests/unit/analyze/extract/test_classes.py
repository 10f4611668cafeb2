"""What decides the class of a failure that no rule knows."""
# ruff: noqa: E501 -- texts as programs write them, one a row

import pytest

from homeostat.analyze.signature import sign
from homeostat.model.signature import ErrorClass as Kind

TRACEBACK = (
    'Traceback (most recent call last):\n  File "/w/shop.py", line 7, in load\n    go(timeout=9)\n'
)

PACKAGES = [
    ("urllib.error.HTTPError: HTTP Error 500: Internal Server Error", Kind.SERVER_ERROR),
    ("zlib.error: Error -3 while decompressing data: invalid block type", Kind.PARSE_ERROR),
    ("struct.error: unpack requires a buffer of 4 bytes", Kind.PARSE_ERROR),
    ("tarfile.ReadError: file could not be opened successfully", Kind.PARSE_ERROR),
    ("OSError: ana/moon is not a local folder and is not a valid model identifier listed on 'https://a.b'", Kind.NOT_FOUND),
    ("OSError: ana/moon does not appear to have a file named tide.json", Kind.NOT_FOUND),
    ("re.error: missing ), unterminated subpattern at position 0", Kind.SYNTAX),
    ("sqlalchemy.orm.exc.StaleDataError: 1 row was expected, 0 matched", Kind.DATABASE),
    ("git.exc.NoSuchRefError: invalid ref", Kind.NOT_FOUND),
    ("git.exc.CheckoutError: invalid tree", Kind.GIT_ERROR),
    ("imaplib.IMAP4.abort: command: SELECT => unexpected response", Kind.CONNECTION),
    ("shop.StockError: invalid amount", Kind.VALUE_ERROR),
    ("shop.StockError: the deadline exceeded by 3", Kind.TIMEOUT),
    ("dataclasses.FrozenInstanceError: cannot assign to field 'x'", Kind.ATTRIBUTE_ERROR),
    ("RuntimeError: Session limit: out of memory", Kind.OUT_OF_MEMORY),
    ("KeyError: 'set the SHOP_URL environment variable first'", Kind.CONFIG_MISSING),
    ("shop.AgentTurnsExceeded: after 9 turns", Kind.QUOTA),
    ("sqlalchemy.exc.InvalidRequestError: no such mapper", Kind.DATABASE),
    ("pay.error.InvalidRequestError: No such plan: 'pl_9'", Kind.NOT_FOUND),
    ("pay.error.InvalidRequestError: amount of 0", Kind.INVALID_ARGUMENTS),
    ("shop.SoftTimeLimitExceeded: 9", Kind.TIMEOUT),
    ("requests.exceptions.TooManyRedirects: after 9 of them", Kind.SERVER_ERROR),
    ("requests.exceptions.InvalidHeader: X-Moon", Kind.INVALID_ARGUMENTS),
    ("tensors.BoxError: Error while deserializing header", Kind.PARSE_ERROR),
    ("pay.error.CardError: insufficient funds", Kind.INVALID_ARGUMENTS),
    ("redis.exceptions.ReplyError: a read only replica", Kind.PERMISSION_DENIED),
    ("selenium.common.exceptions.NoSuchFrameException: Message: frame 9", Kind.NOT_FOUND),
    ("pour.<locals>.MugError: the mug is cracked", Kind.VALUE_ERROR),
    ("shop.PolicyViolation: no moons here", Kind.VALUE_ERROR),
    ("shop.KeyViolation: 9", Kind.DATABASE),
    ("ValueError: x.y size changed, may indicate binary incompatibility", Kind.DEPENDENCY),
]  # fmt: skip


@pytest.mark.parametrize(("raised", "error_class"), PACKAGES)
def test_a_type_its_words_or_its_package(raised: str, error_class: Kind):
    assert sign("Bash", TRACEBACK + raised).error_class is error_class


ANSWERS = [
    ('{"error": {"code": 400, "message": "the request exceeds the context size of 8192"}}', Kind.CONTEXT_OVERFLOW),
    ('{"error": {"code": 400, "message": "the login token has expired"}}', Kind.AUTH),
    ('{"error": {"code": 400, "message": "the page must be a number"}}', Kind.INVALID_ARGUMENTS),
    ('{"error": {"code": 403, "message": "40 requests per minute were used"}}', Kind.RATE_LIMIT),
    ('{"error": {"code": 409, "message": "the sheet is locked by ana"}}', Kind.LOCKED),
    ('{"error": {"code": 422, "message": "the name is already taken: already exists"}}', Kind.ALREADY_EXISTS),
    ('{"error": {"code": "server_error", "message": "we are overloaded"}}', Kind.OVERLOADED),
    ('{"error": {"code": "BoxThrottled", "message": "box 9"}}', Kind.RATE_LIMIT),
    ('{"error": {"code": "UNABLE_TO_LOCK_SHEET", "message": "sheet 9"}}', Kind.LOCKED),
    ('{"error": {"code": "missing_moon_api_key", "message": "give one"}}', Kind.CONFIG_MISSING),
    ('{"error_type": "MOON_ERROR", "error_code": "MOON_LOGIN_REQUIRED", "error_message": "9"}', Kind.AUTH),
    ('{"code": "42501", "message": "new row for \\"notes\\""}', Kind.PERMISSION_DENIED),
    ('{"code": "23999", "message": "row 9"}', Kind.DATABASE),
    ('{"error_code": 409, "ok": false, "description": "a second reader"}', Kind.ALREADY_EXISTS),
    ('{"errorMessages": ["The page does not exist or you do not have permission"], "errors": {}}', Kind.NOT_FOUND),
    ('{"detail": "you do not have the permission"}', Kind.PERMISSION_DENIED),
    ('{"error": {"code": "odd_thing", "message": "x", "hint": "the disk is full"}}', Kind.DISK_FULL),
]  # fmt: skip


@pytest.mark.parametrize(("text", "error_class"), ANSWERS)
def test_a_code_of_many_meanings_leaves_the_word_to_the_words(text: str, error_class: Kind):
    assert sign("http_call", text).error_class is error_class


LINES = [
    ("fatal: no merge base of the two was not found", Kind.GIT_ERROR),
    ("Error: could not find the config of the box", Kind.CONFIG_MISSING),
    ("Error: exceeded the output maximum; set the BOX_MAX environment variable", Kind.QUOTA),
    ("SQLSTATE[42S22]: no field", Kind.DATABASE),
    ("ERROR:  57014: stopped", Kind.TIMEOUT),
    ("google.api_core.exceptions.ResourceExhausted: 9 of 9", Kind.RATE_LIMIT),
    ("INFO: the disk is full of joy\nbox 9 rattled", Kind.UNKNOWN),
    ("the src/billing folder rattled", Kind.UNKNOWN),
    ("xargs: frob: No such file or directory", Kind.COMMAND_NOT_FOUND),
    ("bash: line 3: SHOP_URL: give me one", Kind.CONFIG_MISSING),
    ("terminate called after throwing an instance of 'std::bad_alloc'\n  what():  std::bad_alloc", Kind.OUT_OF_MEMORY),
    ("terminate called after throwing an instance of 'std::out_of_range'\n  what():  at 9", Kind.LOOKUP_ERROR),
    ("terminate called after throwing an instance of 'moon::Odd'\n  what():  bad tide 9", Kind.SERVER_CRASHED),
    ("terminate called without an active exception", Kind.SERVER_CRASHED),
    ("bash: line 1:  3957 Aborted                 ./tide 9", Kind.SERVER_CRASHED),
    ("free(): invalid next size (fast)", Kind.SERVER_CRASHED),
    ("terminate called after\nAborted (core dumped)", Kind.SERVER_CRASHED),
    ("memory allocation of 99 bytes failed\nAborted (core dumped)", Kind.OUT_OF_MEMORY),
    ("thread 'main' panicked at src/a.rs:3:9:\nunwrap on an `Err`: Os { code: 2, kind: NotFound }", Kind.NOT_FOUND),
    ("thread 'main' panicked at src/a.rs:3:9:\nno moon\nnote: run with `RUST_BACKTRACE=1` environment variable", Kind.VALUE_ERROR),
    ("Exit code 142\nring", Kind.TIMEOUT),
    ("box failed\n  Cause: Failed to load configuration `/w/box.toml`\n  Cause: No such file or directory (os error 2)", Kind.CONFIG_MISSING),
    ('fatal: [box9]: FAILED! => {"msg": "Missing vault password"}', Kind.AUTH),
    ("Received unregistered job of kind 'moon'", Kind.NOT_FOUND),
    ("Unsupported class file major version 99", Kind.DEPENDENCY),
    ("Your Moon version is 3.1, but your Boxfile asks for 3.3", Kind.DEPENDENCY),
    ("box: this shelf is over its data quota", Kind.QUOTA),
    ("No moon key has been specified.", Kind.CONFIG_MISSING),
    ("No shelf matches 9", Kind.NOT_FOUND),
    ("shop.shelf.NotPaintedError: this shelf is bare", Kind.VALUE_ERROR),
    ("[ERROR] Reason: Moon failed to boot.", Kind.SERVER_CRASHED),
    ("fatal error: concurrent map writes", Kind.SERVER_CRASHED),
    ("x Could not find turbo.json or turbo.jsonc.", Kind.CONFIG_MISSING),
    ("^C", Kind.CANCELLED),
    ("Error: making S3 Box (b9): operation error S3: CreateBox, https response error StatusCode: 409, BucketAlreadyExists: ", Kind.ALREADY_EXISTS),
    ("Error: making IAM Role (b9): operation error IAM: CreateRole, https response error StatusCode: 403, RequestID: a-9, api error AccessDenied: no", Kind.PERMISSION_DENIED),
    ("the shelf you tried to burn is not empty", Kind.INVALID_ARGUMENTS),
    ("error TS18003: No inputs were found in config file '/w/tsconfig.json'.", Kind.CONFIG_MISSING),
    ("error: linker `moonlink` not found\n  = note: No such file or directory", Kind.BUILD_ERROR),
    ("SyntaxError: Cannot use import statement outside a module", Kind.SYNTAX),
    ("Exit code 137\nerror: the job was ended", Kind.OUT_OF_MEMORY),
    ("step 9 stopped with exit code: 137", Kind.OUT_OF_MEMORY),
    ("the shelf service said so: not_authed", Kind.AUTH),
    ("shelf call failed (PERMISSION_DENIED)", Kind.PERMISSION_DENIED),
    ("shelf call failed: NoSuchKey", Kind.NOT_FOUND),
    ("An error occurred (ValidationError) when calling the DescribeBoxes operation: Box 9 does not exist", Kind.NOT_FOUND),
    ("An error occurred (ValidationError) when calling the DescribeBoxes operation: 9 is red", Kind.INVALID_ARGUMENTS),
    ("ERROR:  cannot drop box because a lid depends on it", Kind.DATABASE),
    ("ERROR:  the box is not available: lock timeout", Kind.TIMEOUT),
    ("ERROR 1999 (42S99) at line 9: the shelf is odd", Kind.DATABASE),
    ("curl: (56) Received HTTP code 407 from proxy after CONNECT", Kind.AUTH),
    ("Error: Invalid expression\n\n  on moon.tf line 9:", Kind.SYNTAX),
    ("Warning  Unhealthy  3s  kubelet  Readiness probe failed: HTTP probe failed with statuscode: 503", Kind.OVERLOADED),
    ("fatal: unrecognized argument: --moons=9", Kind.INVALID_ARGUMENTS),
    ('Warning  FailedMount  9s  kubelet  MountVolume.SetUp failed for volume "m" : secret "m-9" not found', Kind.NOT_FOUND),
    ("Warning  FailedMount  9s  kubelet  Unable to attach or mount volumes: timed out", Kind.TIMEOUT),
    ("An error occurred (IncorrectBoxState) when calling the OpenBox operation: 9", Kind.INVALID_ARGUMENTS),
    ("Insufficient moon quota: 9", Kind.QUOTA),
    ("shelf: no valid credential sources", Kind.AUTH),
    ("MongoServerError: WriteConflict error: 9", Kind.LOCKED),
    ("error: tag 'moon' not found.", Kind.GIT_ERROR),
    ("CMake Error at CMakeLists.txt:9:\n  Parse error.  Expected a moon.", Kind.SYNTAX),
    ("timeout: invalid time interval 'moon'\nTry 'timeout --help'", Kind.INVALID_ARGUMENTS),
    ("date: extra operand 'moon'", Kind.INVALID_ARGUMENTS),
    ("bash: line 1: [: missing `]'", Kind.SYNTAX),
    ("grep: missing closing parenthesis", Kind.SYNTAX),
    ("Can't locate object method \"shine\" via package \"Moon\" at moon.pl line 9.", Kind.ATTRIBUTE_ERROR),
    ("moon.asc is not a public key file.", Kind.PARSE_ERROR),
    ("moon is not a regular file", Kind.INVALID_ARGUMENTS),
    ("shelf: unknown server host 'moon'", Kind.CONNECTION),
    ("a tenth box will exceed your box limit", Kind.QUOTA),
    ("sqlite3.ProgrammingError: Incorrect number of bindings supplied.", Kind.DATABASE),
    ("Expecting property name enclosed in double quotes: line 1 column 2 (char 1)", Kind.PARSE_ERROR),
    ("HTTP 422: Validation Failed (https://a.b/moons)\nMoon.name already exists", Kind.ALREADY_EXISTS),
    ("HTTP 422: Validation Failed (https://a.b/moons)\nMoon.name is odd", Kind.INVALID_ARGUMENTS),
    ("Error: page.goto: net::ERR_CONNECTION_TIMED_OUT at https://a.b/", Kind.TIMEOUT),
    ("Error: page.goto: net::ERR_BLOCKED_BY_CLIENT at https://a.b/", Kind.PERMISSION_DENIED),
    ('ERROR:    Error loading the app. Could not import module "moon".', Kind.IMPORT_ERROR),
    ("Error: in prepare, moons are odd", Kind.DATABASE),
    ("ORA-12514: TNS: no moon", Kind.CONNECTION),
    ("sed: -e expression #1, char 1: unknown command: `m'", Kind.SYNTAX),
    ("bash: export: `9m=1': not a valid identifier", Kind.SYNTAX),
    ("/w/.ssh/config: line 3: Bad configuration option: moon", Kind.INVALID_ARGUMENTS),
    ("ssh: connect to host m port 9: Connection refused\nConnection closed", Kind.CONNECTION),
    ("Undefined subroutine &main::moon called at -e line 1.", Kind.VALUE_ERROR),
    ("shelf: moon access is blocked", Kind.PERMISSION_DENIED),
    ('shelf: unknown moon "9"', Kind.INVALID_ARGUMENTS),
    ("shelf: unknown error", Kind.UNKNOWN),
    ("moon.exceptions.NoNetworkXError: 9", Kind.VALUE_ERROR),
    ("shop.ConfigParseError: Unable to parse moon", Kind.PARSE_ERROR),
    ("make: moon.mk: No such file or directory\nmake: *** No rule to make target 'moon.mk'.  Stop.", Kind.NOT_FOUND),
    ("ls\n│ Error: Error acquiring the state lock\n│ Error message: operation error S3: PutObject, https response error StatusCode: 412, RequestID: A9, api error PreconditionFailed: no\n│ Lock Info:\n│   ID: 9", Kind.LOCKED),
    ("│ Error: Error acquiring the state lock\n│ Error message: operation error S3: PutObject, https response error StatusCode: 403, RequestID: A9, api error AccessDenied: no", Kind.PERMISSION_DENIED),
    ("[box] usage: ok\nmake: *** [Makefile:9: box] Error 1", Kind.UNKNOWN),
    ("[box] disk usage: 93 of 99\nmake: *** [Makefile:9: box] Error 1", Kind.UNKNOWN),
    ("usage: ok\nlid rattled", Kind.UNKNOWN),
    ("box: 9 lids. Usage: box LID...", Kind.INVALID_ARGUMENTS),
    ("HTTP Error Your request was:\n\nGET /2010/Lids/9.json\n\nTwilio returned the following information:\n\nUnable to fetch record: Authenticate\n", Kind.AUTH),
    ("Unable to create record: the lid 9 is not a valid lid", Kind.INVALID_ARGUMENTS),
    ('jq: error (at <stdin>:1): string ("moon") and number (9) cannot be subtracted', Kind.TYPE_ERROR),
]  # fmt: skip


@pytest.mark.parametrize(("text", "error_class"), LINES)
def test_a_line_is_read_by_its_meaning(text: str, error_class: Kind):
    assert sign("Bash", text).error_class is error_class


def test_what_an_edit_did_not_find_is_its_anchor():
    assert sign("edit", "No match found for it").error_class is Kind.EDIT_MISMATCH
    assert sign("fetch", "No match found for it").error_class is Kind.NOT_FOUND


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("/a/b/moon: Operation not permitted", ()),
        ("orders9: No such file or directory", ()),
        ("cannot open orders9.txt: No such file or directory", ("cannot open",)),
        ("orders.py: error: Cannot read file: No such file or directory", ()),
    ],
)
def test_a_file_is_not_the_program_that_missed_it(text: str, kept: tuple[str, ...]):
    assert sign("Bash", text).identifiers == kept


REFUSALS = [
    ("book_room", "Error: checkout of 9 is later than the 7 required for guests of box 3", Kind.INVALID_ARGUMENTS),
    ("mcp__shop__swap_item", "swaps are accepted only within 9 days of the order", Kind.INVALID_ARGUMENTS),
    ("bookTable", "Error: a party of 9 is above the 8 seats of table T9", Kind.INVALID_ARGUMENTS),
    ("cancel-ride", "the free window of 9 minutes has passed for ride 77", Kind.INVALID_ARGUMENTS),
    ("apply_coupon", "Coupon 9 does not apply to order 7", Kind.INVALID_ARGUMENTS),
    ("wake_line", "Error: line 9 is not asleep, current status is awake", Kind.INVALID_ARGUMENTS),
    ("book_room", "Error: unknown error", Kind.UNKNOWN),
    ("book_room", "Error: no response for at least 9 seconds", Kind.UNKNOWN),
    ("book_room", "Error: box 9 rattled", Kind.UNKNOWN),
    ("book_room", "Error: Internal error, this should not happen", Kind.SERVER_ERROR),
    ("book_room", "box 9 started\nbox 9 needs at least 3 lids", Kind.UNKNOWN),
    ("kubectl", "box 9 needs at least 3 lids", Kind.UNKNOWN),
    ("Bash", "box 9 needs at least 3 lids", Kind.UNKNOWN),
]  # fmt: skip


@pytest.mark.parametrize(("tool", "text", "error_class"), REFUSALS)
def test_a_service_that_names_the_rule_refuses_the_call(tool: str, text: str, error_class: Kind):
    assert sign(tool, text).error_class is error_class


def test_bytes_are_a_value():
    one, other = (f"{TRACEBACK}gzip.BadGzipFile: Not a gzipped file (b'{b}')" for b in ("10", "ee"))

    assert sign("Bash", one).id == sign("Bash", other).id


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("shelf: invalid port: moon", "shelf: invalid port: sun"),
        (
            "seq: invalid floating point argument: 'moon'",
            "seq: invalid floating point argument: 'sun'",
        ),
        ("bash: line 1: printf: moon: invalid number", "bash: line 1: printf: sun: invalid number"),
        ("ride E68013 rattled", "ride C4AC07 rattled"),
        ("python: can't open file '/a/b.py': [Errno 2] No such file or directory", "/usr/bin/python3.12: can't open file '/a/b.py': [Errno 2] No such file or directory"),
        ('Error 400 {"errors":{"lid":"Lid \'a9\' is red"}}', 'request failed: 400 {"errorMessages":[],"errors":{"lid":"Lid \'b7\' is red"}}'),
        ("operation error S3: PutBox, StatusCode: 403, RequestID: A9, api error OddLid: no", "operation error S3: PutBox, StatusCode: 403, api error OddLid: no"),
        ("TypeError: moon is odd\n    at shine (/w/moon.js:1:2)", " \u2718 TypeError: moon is odd\n    at shine (/w/sun.js:3:4)"),
    ],
)  # fmt: skip
def test_what_was_invalid_is_a_value(one: str, other: str):
    assert sign("Bash", one).id == sign("Bash", other).id


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ('Error 400 {"errors":{"lid":"is odd"}}', 'Error 400 {"errors":{"box":"is odd"}}'),
        ('{"message": "no \'lid\' field"}', '{"message": "no \'lid\' tide"}'),
        ("operation error S3: PutBox, StatusCode: 403, RequestID: A9, api error OddLid: no", "operation error S3: PutBox, StatusCode: 403, RequestID: A9, api error OddBox: no"),
        ("E501 line is odd", "E502 line is odd"),
    ],
)  # fmt: skip
def test_what_tells_failures_apart_stays(one: str, other: str):
    assert sign("Bash", one).id != sign("Bash", other).id


def test_which_option_was_invalid_is_the_failure():
    one, other = (sign("Bash", f"shelf: invalid option: {name}") for name in ("moon", "sun"))

    assert one.id != other.id
