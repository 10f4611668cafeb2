"""All commands by name. A command's module is imported when the command is asked for."""

import sys
from collections.abc import Sequence
from importlib import import_module

import click

from homeostat.model.errors import HomeostatError
from homeostat.surfaces.cli.output import say

COMMANDS = {
    "import": ("Read the agents' histories on this machine", "importing:import_"),
    "dashboard": ("What fails, what it costs, since when", "dashboard:dashboard"),
    "detect": ("What keeps failing, how it goes on, what could be done", "detect:detect"),
    "errors": ("Failures by signature, what cost most first", "errors:errors"),
    "show": ("One signature: how often, since when, where, samples", "errors:show"),
    "runs": ("Agent sessions, newest first", "runs:runs"),
    "run": ("One session with its calls", "runs:run"),
    "calls": ("Tool calls, one a line", "runs:calls"),
    "coverage": ("Which clients were seen, how well, what could not be read", "coverage:coverage"),
    "forget": ("Delete a run, a project or a text everywhere", "forget:forget"),
    "db": ("The database: info, backup, check", "db:db"),
    "demo": ("See it on a sample, and its judge on trial", "demo.command:demo"),
}
"""The twelve that `--help` lists."""
MORE = {
    "health": ("How healthy, 0 to 100, and what it is made of", "health:health"),
    "changes-in": ("Since when runs fail more or less, and what goes with it", "changes:changes"),
    "forecast": ("Which failures grow, what runs out when", "forecast:forecast"),
    "metrics": ("Figures of tools, agents, files, sequences", "metrics:metrics"),
    "config": ("Settings and where each value comes from", "config:config"),
    "improvements": ("What was proposed, and what became of it", "detect:improvements"),
    "propose": ("What could be done about one signature", "detect:propose"),
    "decline": ("Not this proposal", "detect:decline"),
    "explain": ("Why failures are one group", "errors:explain"),
    "merge": ("Show one signature under another", "groupings:merge"),
    "split": ("Make two signatures of one", "groupings:split"),
    "ignore": ("Leave a signature out of the ranking", "groupings:ignore"),
    "classify": ("Signature and class of error texts (JSON Lines)", "streams:classify"),
    "templates": ("Templates of a log file's lines", "streams:templates"),
    "redact": ("Take secrets out of a text", "streams:redact"),
    "blame": ("Guess which agent led a failed run astray, and when", "blame:blame"),
    "verify": ("Say whether what is on trial helps", "trials:verify"),
    "verify-file": ("Say whether a change helped, from files", "trials:verify_file"),
    "power": ("Can a change be proven, and by when", "trials:power"),
    "simulate": ("What a remedy would have done to past calls", "simulate:simulate"),
    "path": ("Where homeostat keeps its files", "config:path"),
}
_ALL = COMMANDS | MORE


class LazyGroup(click.Group):
    """A group that knows its commands' names and imports one when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        if cmd_name not in _ALL:
            return None
        module, _, name = _ALL[cmd_name][1].partition(":")
        found = getattr(import_module(f"homeostat.surfaces.cli.{module}"), name)
        return found if isinstance(found, click.Command) else None

    def invoke(self, ctx: click.Context) -> object:
        try:
            answer = super().invoke(ctx)
        except HomeostatError as error:
            if ctx.obj and error.exit_code == 1:  # else it is about what was typed
                ctx.obj.log.failed(
                    "failed", command=ctx.invoked_subcommand, error=type(error).__name__
                )
            raise
        if ctx.obj and ctx.obj.settings.log == "debug":
            ctx.obj.log.asked("asked", command=ctx.invoked_subcommand)
        return answer

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in _ALL and not args[0].startswith("-"):
            from difflib import get_close_matches  # only after a typing error

            near = get_close_matches(args[0], _ALL, n=2)
            hint = f" Did you mean {' or '.join(near)}?" if near else ""
            ctx.fail(f"There is no command '{args[0]}'.{hint}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (text, _) in COMMANDS.items()])
        with formatter.section("More"):
            formatter.write_text(f"{', '.join(MORE)}: homeostat NAME --help tells of each.")


@click.group(
    cls=LazyGroup,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80},
)
@click.pass_context
def homeostat(context: click.Context) -> None:
    """Keeps AI agents healthy: reads what they did, finds what keeps failing, says what it costs.

    Without a command it shows the dashboard.
    """
    from homeostat.loop.wiring import homeostat as wired  # not for --help

    context.obj = wired()
    for warning in context.obj.loaded.warnings:
        say(f"warning: {warning}")
    if context.invoked_subcommand is None:
        command = homeostat.get_command(context, "dashboard")
        if command:
            context.invoke(command)


def run(arguments: Sequence[str]) -> int:
    """Exit code of one command: 0 done, 1 failed, 2 usage or settings, 130 interrupted."""
    try:
        answer = homeostat.main(list(arguments), prog_name="homeostat", standalone_mode=False)
        if sys.stdout:
            sys.stdout.flush()
    except HomeostatError as error:
        say(f"error: {error}")
        if error.next_step:
            say(f"       {error.next_step}")
        return error.exit_code
    except (click.exceptions.Abort, KeyboardInterrupt):
        say("interrupted")
        return 130
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except OSError as error:
        _close_quietly()
        if not isinstance(error, BrokenPipeError):
            place = error.filename
            what = f"{place} cannot be used" if place else "the answer cannot be written"
            say(f"error: {what}: {error.strerror or error}.")
        return 1
    return answer if isinstance(answer, int) else 0


def _close_quietly() -> None:
    """The reader of our output has gone: nothing more can be said, also not at exit."""
    import os  # rare

    if sys.stdout:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
