"""What makes two failures the same failure."""

from enum import StrEnum

import msgspec

from homeostat.model.ids import SignatureId


class ErrorClass(StrEnum):
    """One list for the whole product: what kind of thing failed."""

    TIMEOUT = "timeout"
    RATE_LIMIT = "rate_limit"
    QUOTA = "quota"
    OVERLOADED = "overloaded"
    SERVER_ERROR = "server_error"
    SERVER_CRASHED = "server_crashed"
    PERMISSION_DENIED = "permission_denied"
    AUTH = "auth"
    TLS = "tls"
    CONNECTION = "connection"
    NOT_FOUND = "not_found"
    COMMAND_NOT_FOUND = "command_not_found"
    CONFIG_MISSING = "config_missing"
    IMPORT_ERROR = "import_error"
    DEPENDENCY = "dependency"
    SYNTAX = "syntax"
    PARSE_ERROR = "parse_error"
    TYPE_ERROR = "type_error"
    ATTRIBUTE_ERROR = "attribute_error"
    LOOKUP_ERROR = "lookup_error"
    VALUE_ERROR = "value_error"
    TEST_FAILURE = "test_failure"
    BUILD_ERROR = "build_error"
    DATABASE = "database"
    GIT_CONFLICT = "git_conflict"
    GIT_ERROR = "git_error"
    EDIT_MISMATCH = "edit_mismatch"
    ALREADY_EXISTS = "already_exists"
    LOCKED = "locked"
    DISK_FULL = "disk_full"
    OUT_OF_MEMORY = "out_of_memory"
    CONTEXT_OVERFLOW = "context_overflow"
    INVALID_ARGUMENTS = "invalid_arguments"
    USER_REJECTED = "user_rejected"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"


class Signature(msgspec.Struct, frozen=True, kw_only=True):
    """A group of failures with the explanation why they are one group.

    `id` is a hash of `key`; `key` is `family|kind|message|identifiers|place`.
    """

    id: SignatureId
    key: str
    family: str
    """The tool's family: shell, edit, read, web, mcp, ..."""
    kind: str
    """What the extractor found: an exception's type, an error code, or the client's own kind."""
    message: str
    """The chosen line with its variable parts masked, lower case."""
    identifiers: tuple[str, ...]
    """Names kept apart because they are the failure: module, key, column, flag, command."""
    place: str
    """The raising function, for bugs in code only."""
    rule: str
    """The extractor, or the way the line was picked."""
    error_class: ErrorClass
    class_rule: str
    line: str
    """The chosen line as it was written (cut to 500 characters): what people read."""
