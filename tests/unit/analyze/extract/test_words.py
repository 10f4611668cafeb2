"""Words of widely used programs and services, and sentences that only look like them."""
# ruff: noqa: E501 -- texts as programs write them, one a row

import pytest

from homeostat.analyze.signature import sign
from homeostat.model.signature import ErrorClass as Kind

SAID = [
    ("The moon on box 9 has exceeded the maximum execution time of 9 minutes.", Kind.TIMEOUT),
    ("No output has been received in the last 9m0s", Kind.TIMEOUT),
    ("Flood control exceeded. Retry in 9 seconds", Kind.RATE_LIMIT),
    ("Too many login attempts.", Kind.RATE_LIMIT),
    ("Monthly moon quota reached", Kind.QUOTA),
    ("no healthy upstream", Kind.OVERLOADED),
    ("Sorry, an error occurred on our side", Kind.SERVER_ERROR),
    ("thread 'moon' has overflowed its stack", Kind.SERVER_CRASHED),
    ("# A fatal error has been detected by the Java Runtime Environment:", Kind.SERVER_CRASHED),
    ("Call retries were exceeded", Kind.SERVER_CRASHED),
    ("error: you must be root to shine", Kind.PERMISSION_DENIED),
    ("This has to be run with superuser privileges", Kind.PERMISSION_DENIED),
    ("mount: only root can do that", Kind.PERMISSION_DENIED),
    ("the shelf /w/lids is not writable", Kind.PERMISSION_DENIED),
    ('moons "m" is odd: User "ana" cannot list resource "moons" in API group "sky"', Kind.PERMISSION_DENIED),
    ("npm error need auth This command wants you first", Kind.AUTH),
    ("Could not validate credentials", Kind.AUTH),
    ("Requires authentication", Kind.AUTH),
    ("Missing Authentication Token", Kind.AUTH),
    ("You need to sign in first", Kind.AUTH),
    ("this call requires a valid API key", Kind.AUTH),
    ("The security token included in the request is invalid", Kind.AUTH),
    ("535 5.7.8 Username and Password not accepted.", Kind.AUTH),
    ("PKIX path building failed: unable to find valid certification path to moon", Kind.TLS),
    ("hostname 'a.b' doesn't match 'c.d'", Kind.TLS),
    ("connection unexpectedly closed (9 bytes received so far)", Kind.CONNECTION),
    ("moon: No address associated with hostname", Kind.CONNECTION),
    ("Failed to establish a new connection", Kind.CONNECTION),
    ("bind: Cannot assign requested address", Kind.CONNECTION),
    ("This box has been deleted", Kind.NOT_FOUND),
    ("Command 'moon' not found, did you mean: noon", Kind.COMMAND_NOT_FOUND),
    ("Unable to resolve module ./moon from /w/sky.js", Kind.IMPORT_ERROR),
    ("Could not load file or assembly 'Moon, Version=9.0.0.0'", Kind.IMPORT_ERROR),
    ("Your box is old. For Moon, version >= v9.7.0 is required.", Kind.DEPENDENCY),
    ("package `moon v9` was left out because it requires rustc 9.7 or newer", Kind.DEPENDENCY),
    ("the moon version of this box is too old", Kind.DEPENDENCY),
    ("$HOME is not defined", Kind.CONFIG_MISSING),
    ("unzip:  cannot find zipfile directory in one of moon.zip", Kind.PARSE_ERROR),
    ("gzip: moon.gz: unexpected end of file", Kind.PARSE_ERROR),
    ("tar: Unexpected EOF in archive", Kind.PARSE_ERROR),
    ("collect2: error: ld returned 1 exit status", Kind.BUILD_ERROR),
    ("error: aborting due to 9 previous errors", Kind.BUILD_ERROR),
    ("Duplicate column name 'moon'", Kind.DATABASE),
    ("Column count doesn't match value count at row 9", Kind.DATABASE),
    ("Your branch and 'moon/main' have diverged", Kind.GIT_CONFLICT),
    ("This e-mail address is already in use by another person", Kind.ALREADY_EXISTS),
    ("listen: address already in use 9.9.9.9:99", Kind.LOCKED),
    ("Another app is currently holding the moon lock; waiting for it to exit", Kind.LOCKED),
    ("Only one instance of this box can run", Kind.LOCKED),
    ("A moon operation is already running", Kind.LOCKED),
    ("E: You don't have enough free space in /w/lids.", Kind.DISK_FULL),
    ("std::bad_alloc", Kind.OUT_OF_MEMORY),
    ("GC overhead limit exceeded", Kind.OUT_OF_MEMORY),
    ('"moon" is not allowed to be empty', Kind.INVALID_ARGUMENTS),
    ("Got unexpected extra argument (moon)", Kind.INVALID_ARGUMENTS),
    ("The query is empty", Kind.INVALID_ARGUMENTS),
    ("Interrupted by signal 2", Kind.CANCELLED),
    ("Build was cancelled", Kind.CANCELLED),
    ("There were test failures", Kind.TEST_FAILURE),
]  # fmt: skip


@pytest.mark.parametrize(("text", "error_class"), SAID)
def test_what_programs_and_services_are_known_to_say(text: str, error_class: Kind):
    assert sign("Bash", text).error_class is error_class


ALIKE = [
    ("<sky> must be the root element", Kind.INVALID_ARGUMENTS),
    ("the version parameter is required", Kind.INVALID_ARGUMENTS),
    ("cannot find resource 9", Kind.NOT_FOUND),
    ("the child returned 9", Kind.UNKNOWN),
    ("no author rattled", Kind.UNKNOWN),
    ("the response body is empty", Kind.UNKNOWN),
    ("only one instance of the lid fits", Kind.UNKNOWN),
]  # fmt: skip


@pytest.mark.parametrize(("text", "error_class"), ALIKE)
def test_words_that_only_look_like_them_say_nothing_else(text: str, error_class: Kind):
    assert sign("Bash", text).error_class is error_class


LINES = [
    ("npm error code 1\nnpm error path /w/lids\nnpm error command failed\nnpm error moon 9 is incompatible", "moon <n> is incompatible", Kind.DEPENDENCY),
    ("error: recipe `shine` failed on line 9 with exit code 1\nError: the moon is missing", "the moon is missing", Kind.NOT_FOUND),
    ('time="2026-01-02T03:04:05Z" level=error msg="cannot open box 9" err="the box is locked"', "cannot open box <n>: the box is locked", Kind.LOCKED),
    ('level=info msg="all is well"\nlevel=fatal msg="moon \\"m\\" is missing"', "moon <id> is missing", Kind.NOT_FOUND),
    ("E0102 03:04:05.123456    9 moon.go:12] failed to list moons: the sky refused", "failed to list moons: the sky refused", Kind.UNKNOWN),
    ("  \u00d7 Failed to fetch the box\n  \u251c\u2500\u25b6 Failed to ask the shelf\n  \u2570\u2500\u25b6 the moon is missing\n  help: ask again", "the moon is missing", Kind.NOT_FOUND),
    ("error: Failed to prepare boxes\n  Caused by: Failed to fetch `moon==9`\n  Caused by: the lid is locked", "the lid is locked", Kind.LOCKED),
]  # fmt: skip


@pytest.mark.parametrize(("text", "message", "error_class"), LINES)
def test_the_line_that_says_most_is_without_who_wrote_it(
    text: str, message: str, error_class: Kind
):
    signature = sign("Bash", text)

    assert (signature.message, signature.error_class) == (message, error_class)
