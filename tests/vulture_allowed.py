"""Names that nothing here mentions: a library calls them, or they are read as JSON or from rows."""

from sqlite3 import Connection

from psycopg import ServerCursor

from homeostat.knowledge.runs import RunRow
from homeostat.loop.trials import Prediction
from homeostat.model.event import Channel
from homeostat.model.mapping import Statuses
from homeostat.model.pattern import Pattern, Provable
from homeostat.model.signature import ErrorClass
from homeostat.model.trial import Arm
from homeostat.model.verdict import Effect
from homeostat.model.views import HookTime, RunView, ScoreView, Totals
from homeostat.surfaces.cli.commands import LazyGroup

_ = (
    # the driver asks
    ServerCursor.itersize,
    # click asks a group
    LazyGroup.list_commands,
    LazyGroup.format_commands,
    # vocabulary: the rules name classes by their text, sources come one by one
    ErrorClass.RATE_LIMIT,
    ErrorClass.OVERLOADED,
    ErrorClass.AUTH,
    ErrorClass.TLS,
    ErrorClass.IMPORT_ERROR,
    ErrorClass.DEPENDENCY,
    ErrorClass.SYNTAX,
    ErrorClass.BUILD_ERROR,
    ErrorClass.GIT_CONFLICT,
    ErrorClass.GIT_ERROR,
    ErrorClass.EDIT_MISMATCH,
    ErrorClass.CONTEXT_OVERFLOW,
    ErrorClass.USER_REJECTED,
    Arm.CONTROL,
    Channel.TELEMETRY,
    Channel.SUCCESS_HOOK,
    Channel.FAILURE_HOOK,
    Channel.BATCH_HOOK,
    Channel.PROGRESS,
    # rows written as a whole
    RunRow.version_word,
    RunRow.model_word,
    RunRow.branch_word,
    # columns that people see
    RunView.subagent_output_tokens,
    RunView.reward,
    HookTime.longest_ms,
    ScoreView.detail,
    Provable.a_day,
    Pattern.correlation_score,
    Pattern.last_week,
    Effect.failing_units,
    Prediction.blind_spots,
    # read by name
    Statuses.ok,
    Connection.text_factory,
    Totals.denied,
    Totals.interrupted,
)
