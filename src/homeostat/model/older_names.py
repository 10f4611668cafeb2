"""Names of older healing systems: of their settings, and of errors in terms of our classes."""

from homeostat.model.errors import UsageError
from homeostat.model.signature import ErrorClass

OLDER_TABLE = "self_healing"
"""In the user's file: enabled, auto_fix, check_interval, notify_on_fix, notify_on_critical,
auto_fix_types."""
OLDER_VARIABLES = (
    "SELF_HEALING_ENABLED", "AUTO_FIX_ENABLED", "HEALTH_CHECK_INTERVAL", "MAX_AUTO_FIX_ATTEMPTS",
)  # fmt: skip
_NAMED: dict[str, tuple[ErrorClass, ...]] = {
    "timeout": (ErrorClass.TIMEOUT,),
    "connection_refused": (ErrorClass.CONNECTION,),
    "server_crashed": (ErrorClass.SERVER_CRASHED,),
    "service_crash": (ErrorClass.SERVER_CRASHED,),
    "permission_denied": (ErrorClass.PERMISSION_DENIED,),
    "rate_limit": (ErrorClass.RATE_LIMIT,),
    "api_error": (
        ErrorClass.CONNECTION, ErrorClass.SERVER_ERROR, ErrorClass.OVERLOADED, ErrorClass.AUTH,
    ),
    "import_error": (ErrorClass.IMPORT_ERROR,),
    "git_error": (ErrorClass.GIT_ERROR, ErrorClass.GIT_CONFLICT),
    "git_conflict": (ErrorClass.GIT_ERROR, ErrorClass.GIT_CONFLICT),
    "config_error": (ErrorClass.CONFIG_MISSING, ErrorClass.INVALID_ARGUMENTS),
    "attribute_error": (ErrorClass.ATTRIBUTE_ERROR,),
    "type_error": (ErrorClass.TYPE_ERROR,),
}  # fmt: skip
_ELSE = frozenset({"tool_error", "unknown", "null", "transport_error"})
"""Their names for all that had no other."""
_WITH_A_NAME = frozenset(found for classes in _NAMED.values() for found in classes)


def classes_of(name: str) -> frozenset[ErrorClass]:
    """What an error type means: one of our classes, or an older name, in any capitals.

    A name that an older system gave to whatever it had no name for means all classes that have
    none there. Raises `UsageError` for a name that nobody knows.
    """
    known = name.strip().lower()
    if known in _ELSE:
        return frozenset(ErrorClass) - _WITH_A_NAME
    if known in _NAMED:
        return frozenset(_NAMED[known])
    try:
        return frozenset({ErrorClass(known)})
    except ValueError:
        raise UsageError(
            f'there is no error type "{name}".',
            next_step=f"Types: {', '.join(ErrorClass)}; older: {', '.join((*_NAMED, *_ELSE))}.",
        ) from None
