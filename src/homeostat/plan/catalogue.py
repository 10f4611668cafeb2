"""Kinds of remedies as data: what each is for, what it risks, how it could be put on trial."""

import msgspec

from homeostat.model.pattern import Risk, RollOut
from homeostat.model.signature import ErrorClass as E


class Remedy(msgspec.Struct, frozen=True, kw_only=True):
    kind: str
    title: str
    """`{tool}` and `{signature}` stand for the pattern's own."""
    reason: str
    classes: tuple[E, ...]
    tools: tuple[str, ...] = ()
    """Families of tools that it fits (shell, edit, read, ...); empty: all."""
    said: tuple[str, ...] = ()
    """One of these stands in the line that failed; empty: any line."""
    of_tools: bool = True
    """It is for calls that fail."""
    of_model: bool = False
    """It is for answers that the model does not give, and for what else runs die of."""
    risk: Risk = Risk.LOW
    roll_out: RollOut = RollOut.SESSION
    effect: float = -0.8
    """What it is tried for: a trial is planned so that this much would be seen."""


CATALOGUE = (
    Remedy(
        kind="hint_reread",
        title="Tell the agent to read the file again before {tool}",
        reason="the text to replace was not there: the agent worked from an older copy",
        classes=(E.EDIT_MISMATCH,),
    ),
    Remedy(
        kind="raise_timeout",
        title="Give {tool} a longer limit",
        reason="it was cut off at its limit; a longer one lets the slow ones end",
        classes=(E.TIMEOUT,),
        of_model=True,
        effect=-0.5,
    ),
    Remedy(
        kind="split_work",
        title="Tell the agent to do it in smaller parts",
        reason="what was asked for at once was too much",
        classes=(E.TIMEOUT, E.CONTEXT_OVERFLOW, E.OUT_OF_MEMORY),
        of_model=True,
        effect=-0.5,
    ),
    Remedy(
        kind="retry_backoff",
        title="Try {tool} again after a pause",
        reason="such failures pass by themselves",
        classes=(E.RATE_LIMIT, E.OVERLOADED, E.SERVER_ERROR, E.CONNECTION, E.LOCKED),
        of_model=True,
        effect=-0.5,
    ),
    Remedy(
        kind="rate_limit",
        title="Space out the calls of {tool}",
        reason="they come faster than the other side allows",
        classes=(E.RATE_LIMIT,),
        of_model=True,
        roll_out=RollOut.SWITCHBACK,
    ),
    Remedy(
        kind="raise_quota",
        title="Raise the limit or the credit that {tool} ran into",
        reason="what is allowed or paid for is used up",
        classes=(E.QUOTA,),
        of_model=True,
        risk=Risk.MEDIUM,
        roll_out=RollOut.FULL,
    ),
    Remedy(
        kind="fallback_model",
        title="Take another model while this one refuses",
        reason="the service refuses, another one may not",
        classes=(E.RATE_LIMIT, E.QUOTA, E.OVERLOADED, E.SERVER_ERROR),
        of_tools=False,
        of_model=True,
        risk=Risk.MEDIUM,
    ),
    Remedy(
        kind="health_check",
        title="Check that the service behind {tool} is up, and start it again if it is not",
        reason="nobody answered",
        classes=(E.CONNECTION, E.SERVER_CRASHED, E.SERVER_ERROR),
        risk=Risk.MEDIUM,
        roll_out=RollOut.SWITCHBACK,
    ),
    Remedy(
        kind="breaker",
        title="Stop calling {tool} for a while after it crashed",
        reason="each call of a server that crashes costs the agent a turn",
        classes=(E.SERVER_CRASHED, E.SERVER_ERROR, E.OUT_OF_MEMORY),
        effect=-0.5,
    ),
    Remedy(
        kind="hint_existence",
        title="Tell the agent to look whether it exists before {tool}",
        reason="it asked for something that is not there",
        classes=(E.NOT_FOUND, E.UNKNOWN),
        tools=("read", "search", "edit", "shell"),
    ),
    Remedy(
        kind="hint_command",
        title="Tell the agent which command there is instead",
        reason="the command is not on this machine",
        classes=(E.COMMAND_NOT_FOUND,),
    ),
    Remedy(
        # A module of Node's own is missing in a Node older than the name: no install helps.
        kind="node_version",
        title="Run it with a Node that fits: this one is too old, or is refused",
        reason="a module of Node itself is missing, or its version is not one that is allowed",
        classes=(E.IMPORT_ERROR, E.DEPENDENCY),
        said=("'node:", "ERR_PNPM_UNSUPPORTED_ENGINE", "EBADENGINE", 'The engine "node"'),
        risk=Risk.MEDIUM,
        roll_out=RollOut.FULL,
    ),
    Remedy(
        kind="hint_interpreter",
        title="Tell the agent to use the project's own environment",
        reason="the module is missing where it was looked for",
        classes=(E.IMPORT_ERROR,),
    ),
    Remedy(
        kind="install_declared",
        title="Install what the project declares and this machine lacks",
        reason="a package or a version that the project asks for is not there",
        classes=(E.IMPORT_ERROR, E.DEPENDENCY, E.COMMAND_NOT_FOUND),
        risk=Risk.MEDIUM,
        roll_out=RollOut.FULL,
    ),
    Remedy(
        kind="permission_rule",
        title="Settle by a rule what {tool} may do",
        reason="it is refused again and again; a rule says so before it is tried",
        classes=(E.PERMISSION_DENIED, E.USER_REJECTED, E.AUTH),
        risk=Risk.MEDIUM,
    ),
    Remedy(
        kind="guard_arguments",
        title="Check the arguments of {tool} before it runs",
        reason="the same wrong arguments come again",
        classes=(E.INVALID_ARGUMENTS, E.VALUE_ERROR, E.PARSE_ERROR, E.UNKNOWN, E.SYNTAX),
    ),
    Remedy(
        kind="restore_config",
        title="Restore the missing setting from its example",
        reason="a setting or a settings file is missing or wrong",
        classes=(E.CONFIG_MISSING,),
        risk=Risk.MEDIUM,
        roll_out=RollOut.FULL,
    ),
    Remedy(
        kind="renew_login",
        title="Renew the login that {tool} uses",
        reason="it is not accepted, or not any more",
        classes=(E.AUTH, E.TLS),
        of_model=True,
        risk=Risk.MEDIUM,
        roll_out=RollOut.FULL,
    ),
    Remedy(
        kind="git_conflict",
        title="Tell the agent how conflicts are settled here, or abort them by rule",
        reason="a merge stopped half way",
        classes=(E.GIT_CONFLICT, E.GIT_ERROR),
        risk=Risk.MEDIUM,
    ),
    Remedy(
        kind="free_space",
        title="Clear what may be cleared",
        reason="the disk is full",
        classes=(E.DISK_FULL,),
        risk=Risk.HIGH,
        roll_out=RollOut.FULL,
    ),
    Remedy(
        kind="code_handoff",
        title="Hand the code that fails to an agent, with the evidence and a check",
        reason="it fails in code, the same way each time",
        classes=(
            E.TYPE_ERROR, E.ATTRIBUTE_ERROR, E.LOOKUP_ERROR, E.VALUE_ERROR, E.SYNTAX, E.BUILD_ERROR,
            E.DATABASE, E.TEST_FAILURE, E.SERVER_ERROR,
        ),
        risk=Risk.HIGH,
        roll_out=RollOut.FULL,
    ),
    Remedy(
        kind="lesson",
        title="Give the agent what worked the last times, at the failure",
        reason="it found the way out by itself before, and each time anew",
        classes=tuple(E),
    ),
    Remedy(
        kind="look_closer",
        title="Look at what goes with it: homeostat show {signature}",
        reason="no remedy is known for this kind of failure",
        classes=(),
        effect=-0.5,
    ),
)  # fmt: skip
"""Fitting ones are offered in this order."""
LAST_RESORT = CATALOGUE[-1]
"""Offered where nothing else fits."""
