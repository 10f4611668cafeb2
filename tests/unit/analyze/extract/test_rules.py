"""One line of a known program: what is kept of it, and what kind of thing failed."""
# ruff: noqa: E501, RUF001, Q003 -- texts as programs write them, one a row

import pytest

from homeostat.analyze.signature import sign
from homeostat.model.signature import ErrorClass as Kind

# text, kept identifiers, class
SHELLS = [
    ("bash: line 1: kubectlx: command not found", ("kubectlx",), Kind.COMMAND_NOT_FOUND),
    ("zsh: command not found: kubectlx", ("kubectlx",), Kind.COMMAND_NOT_FOUND),
    ("sh: 1: kubectlx: not found", ("kubectlx",), Kind.COMMAND_NOT_FOUND),
    ("/usr/bin/env: ‘kubectlx’: No such file or directory", ("kubectlx",), Kind.COMMAND_NOT_FOUND),
    ("bash: RELEASE: unbound variable", ("release",), Kind.CONFIG_MISSING),
    ("grep: unrecognized option '--colour-all'", ("grep", "--colour-all"), Kind.INVALID_ARGUMENTS),
    ("tool: error: unrecognized arguments: --colour=blue", ("--colour",), Kind.INVALID_ARGUMENTS),
    ("Error: unknown command \"shp\" for \"ship\"", ("shp", "ship"), Kind.INVALID_ARGUMENTS),
    ("x.py: error: argument cmd: invalid choice: 'rn' (choose from 'run')", ("cmd", "rn"), Kind.INVALID_ARGUMENTS),
    ("x.py: error: argument --level: invalid choice: 'mid' (choose from 'low')", ("--level",), Kind.INVALID_ARGUMENTS),
    ("jq: parse error: Invalid numeric literal at line 1, column 6", (), Kind.PARSE_ERROR),
    ("tar: This does not look like a tar archive", (), Kind.PARSE_ERROR),
    ("E: Unable to locate package libfoo-dev", ("libfoo-dev",), Kind.DEPENDENCY),
    ("sudo: a password is required", (), Kind.AUTH),
    ("Error: Unable to access jarfile target/app.jar", (), Kind.NOT_FOUND),
]  # fmt: skip
PACKAGES = [
    ('npm error Missing script: "build:prod"', ("build:prod",), Kind.INVALID_ARGUMENTS),
    ("npm error 404  '@acme/widgets@^4.0.0' is not in this registry.", ("@acme/widgets",), Kind.DEPENDENCY),
    (" ERR_PNPM_UNSUPPORTED_ENGINE  Unsupported environment", (), Kind.DEPENDENCY),
    ("ERROR: No matching distribution found for requestz==9.1", ("requestz",), Kind.DEPENDENCY),
    ("error: externally-managed-environment", (), Kind.PERMISSION_DENIED),
    ("error: no matching package named `serdez` found", ("serdez",), Kind.DEPENDENCY),
    ("error: unclosed table, expected `]`\n --> Cargo.toml:1:9", (), Kind.PARSE_ERROR),
    ("make: *** No rule to make target 'ship'.  Stop.", ("ship",), Kind.NOT_FOUND),
    ("   > Could not find com.acme:widgets:4.0.", ("com.acme:widgets",), Kind.DEPENDENCY),
    ("a.go:3:2: no required module provides package example.com/w; to add it:", ("example.com/w",), Kind.DEPENDENCY),
]  # fmt: skip
BUILDS = [
    ("src/a.ts(3,7): error TS2304: Cannot find name 'useStore'.", ("usestore",), Kind.BUILD_ERROR),
    ("a.c:3:9: error: ‘total’ undeclared (first use in this function)", ("total",), Kind.BUILD_ERROR),
    ("a.c:1:10: fatal error: libfoo/x.h: No such file or directory", ("libfoo/x.h",), Kind.BUILD_ERROR),
    ("cc1: fatal error: /srv/a.c: No such file or directory", (), Kind.NOT_FOUND),
    ("/usr/bin/ld: a.o: undefined reference to `tax'", ("tax",), Kind.BUILD_ERROR),
    ("A.java:3: error: cannot find symbol\n  symbol:   class Order\n  location: class A", ("class order",), Kind.BUILD_ERROR),
    ("error[E0425]: cannot find value `cost` in this scope", ("cost",), Kind.BUILD_ERROR),
    ("error: expected `;`, found `}`\n --> src/a.rs:3:9", (), Kind.BUILD_ERROR),
    ("F401 [*] `os` imported but unused\n --> a.py:1:8", ("os",), Kind.BUILD_ERROR),
    ("a.py:3: error: Incompatible return value type (got \"str\", expected \"int\")", ("str", "int"), Kind.BUILD_ERROR),
    ("  3:9  error  'total' is assigned a value but never used  no-unused-vars", ("no-unused-vars", "total"), Kind.BUILD_ERROR),
    ("src/a.ts format ━━━━━━━━━━━━", ("format",), Kind.BUILD_ERROR),
    ("│ Error: Unclosed block\n│\n│   on main.tf line 3:", (), Kind.SYNTAX),
]  # fmt: skip
GIT = [
    ("fatal: not a git repository (or any of the parent directories): .git", (), Kind.GIT_ERROR),
    ("CONFLICT (content): Merge conflict in a.py\nAutomatic merge failed; fix conflicts and then commit", (), Kind.GIT_CONFLICT),
    ("error: patch failed: a:1\nerror: a: patch does not apply\nPatch failed at 0001 two", (), Kind.GIT_CONFLICT),
    (" ! [rejected]        main -> main (fetch first)", (), Kind.GIT_CONFLICT),
    ("fatal: Unable to create '/w/.git/index.lock': File exists.", (), Kind.LOCKED),
    ("ssh: Could not resolve hostname h: Name or service not known\nfatal: Could not read from remote repository.", (), Kind.CONNECTION),
    ("fatal: Authentication failed for 'https://example.com/a.git/'", (), Kind.AUTH),
    ("remote: error: File a.bin is 120 MB; this exceeds GitHub's file size limit\n ! [remote rejected] m -> m (pre-receive hook declined)", (), Kind.QUOTA),
    ("no pull requests found for branch \"feat/x\"", (), Kind.NOT_FOUND),
]  # fmt: skip
CLOUDS = [
    ("An error occurred (NoSuchBucket) when calling the ListObjectsV2 operation: The bucket", ("listobjectsv2",), Kind.NOT_FOUND),
    ("ERROR: (gcloud.run.deploy) The required property [project] is not currently set.", ("gcloud.run.deploy",), Kind.CONFIG_MISSING),
    ("Error from server (Forbidden): pods is forbidden: User \"ana\" cannot list", (), Kind.PERMISSION_DENIED),
    ("Unable to connect to the server: x509: certificate signed by unknown authority", (), Kind.TLS),
    ("Back-off restarting failed container api in pod api-5f6", (), Kind.SERVER_CRASHED),
    ("│ Error: No value for required variable", (), Kind.CONFIG_MISSING),
    ("Cannot connect to the Docker daemon at unix:///var/run/docker.sock.", (), Kind.CONNECTION),
    ("fatal: [h1]: FAILED! => {\"changed\": false, \"msg\": \"Could not find or access 'a.j2'\"}", (), Kind.NOT_FOUND),
    ("Unable to find image 'moon:9' locally", (), Kind.NOT_FOUND),
    ("docker: invalid reference format", (), Kind.INVALID_ARGUMENTS),
    ("Unable to find image 'moon:9' locally\ndocker: Error response from daemon: toomanyrequests: slow down", (), Kind.RATE_LIMIT),
    ("Unable to find image 'moon:9' locally\ndocker: Error response from daemon: Get \"https://h/v2/\": dial tcp: lookup h: no such host", (), Kind.CONNECTION),
    ("torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 3.17 GiB", (), Kind.OUT_OF_MEMORY),
]  # fmt: skip
DATA = [
    ('ERROR:  relation "ledger" does not exist', ("ledger",), Kind.DATABASE),
    ('FATAL:  password authentication failed for user "ana"', (), Kind.AUTH),
    ("Error: in prepare, no such table: accounts", ("accounts",), Kind.DATABASE),
    ("ERROR 1146 (42S02): Table 'shop.orders' doesn't exist", ("orders",), Kind.DATABASE),
    ("ERROR:  canceling statement due to statement timeout", ("statement timeout",), Kind.TIMEOUT),
    ("asyncpg.exceptions.QueryCanceledError: canceling statement due to user request", (), Kind.CANCELLED),
    ("ERROR 3024 (HY000) at line 9: Query execution was interrupted, maximum statement execution time exceeded", (), Kind.TIMEOUT),
    ("ERROR 1317 (70100): Query execution was interrupted", (), Kind.CANCELLED),
    ("ERROR 1044 (42000): Access denied for user 'ana'@'%' to database 'moon'", (), Kind.PERMISSION_DENIED),
    ("Could not connect to Redis at h:6379: Connection refused", (), Kind.CONNECTION),
    ("Error: P1001: Can't reach database server at `h`:`5432`", (), Kind.CONNECTION),
    ("Code: 60. DB::Exception: Table w.events does not exist. (UNKNOWN_TABLE)", ("events",), Kind.DATABASE),
    ("BigQuery error in query operation: Not found: Table p:d.events was not found", ("events",), Kind.NOT_FOUND),
]  # fmt: skip
WEB = [
    ("curl: (7) Failed to connect to h port 8080 after 0 ms: Couldn't connect", (), Kind.CONNECTION),
    ("curl: (22) The requested URL returned error: 429", ("429",), Kind.RATE_LIMIT),
    ("Request failed with status code 403", ("403",), Kind.PERMISSION_DENIED),
    ("MCP error -32601: Method not found", ("-32601",), Kind.NOT_FOUND),
    ("Connection closed by 10.0.0.1 port 22", ("closed",), Kind.CONNECTION),
    ("getaddrinfo ENOTFOUND api.example.test", ("enotfound",), Kind.CONNECTION),
    ("ssh: connect to host h port 22: Connection refused", (), Kind.CONNECTION),
    ("rpc error: code = DeadlineExceeded desc = context deadline exceeded", (), Kind.TIMEOUT),
    ("Error: page.goto: net::ERR_NAME_NOT_RESOLVED at https://h/", (), Kind.CONNECTION),
]  # fmt: skip
CLIENTS = [
    ("The user doesn't want to proceed with this tool use. No.", (), Kind.USER_REJECTED),
    ("<tool_use_error>String to replace not found in file.\nString: x</tool_use_error>", (), Kind.EDIT_MISMATCH),
    ("Permission to use Bash with command rm has been denied.", ("bash",), Kind.PERMISSION_DENIED),
    ("Error: No such tool available: mcp__wiki__query", ("mcp__wiki__query",), Kind.NOT_FOUND),
    ("Command timed out after 2m 0.0s", (), Kind.TIMEOUT),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "kept", "error_class"),
    SHELLS + PACKAGES + BUILDS + GIT + CLOUDS + DATA + WEB + CLIENTS,
)
def test_a_known_line_keeps_its_names_and_has_a_class(
    text: str, kept: tuple[str, ...], error_class: Kind
):
    signature = sign("Bash", text)

    assert (signature.identifiers, signature.error_class) == (kept, error_class)


# Pairs that differ in what varies only.
SAME = [
    ("tar (child): /a/b.tgz: Cannot open: No such file or directory", "tar (child): x-9.tgz: Cannot open: No such file or directory"),
    ("gcc: error: /a/b.c: No such file or directory", "cc1: fatal error: z.c: No such file or directory"),
    ("error: pathspec 'feat/a-1' did not match any file(s) known to git", "error: pathspec 'main2' did not match any file(s) known to git"),
    ("jq: parse error: Invalid literal at line 1, column 7", "parse error: Invalid numeric literal at line 9, column 2"),
    ("C:\\Users\\a\\b.cs(9,1): error CS0103: The name 'totl' does not exist [C:\\w\\x.csproj]", "/w/b.cs(1,45): error CS0103: The name 'totl' does not exist [/w/y.csproj]"),
    ("ERROR 1045 (28000): Access denied for user 'ana'@'h' (using password: NO)", "ERROR 1698 (28000): Access denied for user 'root'@'localhost'"),
    ("ERROR: (gcloud.run.services.describe) NOT_FOUND: Resource 'a-b' of kind 'SERVICE'", "ERROR: (gcloud.run.services.describe) NOT_FOUND: Resource 'zed' of kind 'SERVICE'"),
    ("psql: error: connection to server at \"h\" (10.0.0.1), port 5432 failed: FATAL:  database \"a_1\" does not exist", "psql: error: connection to server at \"127.0.0.1\", port 9 failed: FATAL:  database \"b\" does not exist"),
]  # fmt: skip
APART = [
    ("ssh: Could not resolve hostname h: Name or service not known", "fatal: unable to access 'https://h/': Could not resolve host: h"),
    ("Could not connect to Redis at h:6379: Connection refused", "Could not connect to Redis at h:6379: Name or service not known"),
    ("gzip: a.gz: not in gzip format", "tar: This does not look like a tar archive"),
    ("bash: -c: line 1: unexpected EOF while looking for matching `\"'", "a.sh: line 3: syntax error: unexpected end of file"),
    ("A.java:3: error: cannot find symbol\n  symbol:   class Order", "A.java:3: error: cannot find symbol\n  symbol:   class Item"),
    ('ERROR:  relation "ledger" does not exist', 'ERROR:  relation "orders" does not exist'),
    ("curl: (22) The requested URL returned error: 429", "curl: (22) The requested URL returned error: 503"),
    ("Error: Could not find App \"a\"", "Could NOT find OpenSSL"),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other"), SAME)
def test_what_varies_is_no_part_of_the_failure(one: str, other: str):
    assert sign("Bash", one).id == sign("Bash", other).id


@pytest.mark.parametrize(("one", "other"), APART)
def test_what_one_fix_would_not_serve_stays_apart(one: str, other: str):
    assert sign("Bash", one).id != sign("Bash", other).id
