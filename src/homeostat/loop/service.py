"""Everything a surface may ask for."""

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from homeostat.analyze.versions import suspect
from homeostat.knowledge import connect, groupings, state_folder
from homeostat.knowledge.dialect.port import Connection, Database
from homeostat.knowledge.queries import failures, overview, signatures
from homeostat.knowledge.queries import runs as run_queries
from homeostat.knowledge.queries.runs import CallFilter
from homeostat.loop.settings import Loaded
from homeostat.model.older_names import classes_of
from homeostat.model.ports import Clock
from homeostat.model.settings import Settings
from homeostat.model.views import (
    CallView,
    Coverage,
    Dashboard,
    DatabaseInfo,
    FailureGroup,
    GivenUp,
    RunDetail,
    RunView,
    SignatureView,
    Window,
)

if TYPE_CHECKING:
    from homeostat.analyze.redact import Redactor
    from homeostat.knowledge.copying import Copied, CopyProgress
    from homeostat.knowledge.forgetting import Forgotten
    from homeostat.knowledge.splitting import SplitDone
    from homeostat.loop.finding import Format, History
    from homeostat.loop.following import Followed
    from homeostat.loop.importing import Imported, Progress
    from homeostat.loop.own_log import OwnLog

SHOWN_LEAKS = 20


class Homeostat(msgspec.Struct, frozen=True, kw_only=True):
    """One installation: a state folder and its settings. Cheap to make; opens nothing yet."""

    state: Path
    config: Path
    clock: Clock
    loaded: Loaded
    environment: Mapping[str, str]

    @property
    def settings(self) -> Settings:
        return self.loaded.settings

    def store(self) -> Database:
        """Where the facts are kept. Raises `ConfigError`, `StateFolderError`, `StoreError`."""
        return connect.database(self.state, self.settings.database_url)

    @property
    def log(self) -> "OwnLog":
        """What homeostat itself did."""
        from homeostat.loop.own_log import OwnLog  # noqa: PLC0415  # only where much is done

        return OwnLog(state=self.state, level=self.settings.log, clock=self.clock)

    @contextmanager
    def reading(self) -> Generator[Connection]:
        with self.store().reading() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Generator[Connection]:
        with self.store().writing() as connection:
            yield connection

    def runs(
        self, window: Window, *, client: str = "", project: str = "", most: int = -1
    ) -> list[RunView]:
        """Runs that were active within the window, newest first.

        A project is named by its folder or the end of it. Raises `NotFoundError`.
        """
        with self.reading() as connection:
            if project:
                from homeostat.knowledge.queries import measures  # noqa: PLC0415  # only then

                _, project = measures.project(connection, project)
            return list(
                run_queries.runs(connection, window, client=client, project=project, most=most)
            )

    def run(self, start: str) -> RunDetail:
        """One run by the beginning of its id, with its calls."""
        with self.reading() as connection:
            key = run_queries.run_key(connection, start)
            (run,) = run_queries.runs(connection, Window(), run_key=key)
            return RunDetail(
                run=run,
                files=run_queries.files(connection, key),
                leaks=overview.leaks_of_run(connection, key, most=SHOWN_LEAKS),
                facts=run_queries.facts(connection, key),
                agents=run_queries.agents(connection, key),
                scores=tuple(run_queries.scores(connection, key)),
                calls=tuple(run_queries.calls(connection, CallFilter(run_key=key))),
                unanswered=tuple(
                    run_queries.calls(connection, CallFilter(run_key=key, unanswered_only=True))
                ),
            )

    def calls(
        self, wanted: CallFilter, *, run: str = "", signature: str = "", newest: int = 0
    ) -> Iterator[CallView]:
        """Calls in order of run and time, narrowed to a run or a signature by the start of its id.

        With `newest` only the latest so many, the newest first.
        """
        with self.reading() as connection:
            if run:
                key = run_queries.run_key(connection, run)
                wanted = msgspec.structs.replace(wanted, run_key=key)
            if signature:
                ref = signatures.find(connection, signature)
                keys = signatures.keys_of(connection, ref, self.groupings(connection))
                wanted = msgspec.structs.replace(wanted, signature_keys=keys)
            yield from run_queries.calls(
                connection, wanted, most=newest or -1, newest_first=int(bool(newest))
            )

    def failures(
        self, window: Window, *, nature: str = "fault", error_type: str = "", tool: str = ""
    ) -> list[FailureGroup]:
        """Failures by signature, what cost most first.

        Narrowed to a class (older systems' names of them too) and a tool. Raises `UsageError` for
        an error type that nobody knows.
        """
        classes = classes_of(error_type) if error_type else None
        with self.reading() as connection:
            found = failures.groups(connection, window, self.groupings(connection), nature=nature)
        return [
            group
            for group in found
            if (classes is None or group.error_class in classes) and tool in ("", group.tool)
        ]

    def signature(self, start: str) -> SignatureView:
        with self.reading() as connection:
            ref = signatures.find(connection, start)
            return signatures.signature(connection, ref, self.groupings(connection))

    def dashboard(self) -> Dashboard:
        """The last days, or, where they are empty, all there is."""
        with self.reading() as connection:
            return self.dashboard_of(connection)

    def dashboard_of(self, connection: Connection) -> Dashboard:
        window = Window(since=self.clock.now() - timedelta(days=self.settings.dashboard_days))
        runs = overview.active_runs(connection, window)
        totals = overview.totals(connection, window, runs)
        extent = overview.extent(connection)
        is_latest = bool(totals.calls or totals.runs) or extent is None
        if not is_latest and extent:
            first, last = extent
            window = Window(since=first, until=last + timedelta(seconds=1))
            runs = overview.active_runs(connection, window)
            totals = overview.totals(connection, window, runs)
        masked = CallFilter(window=window, masked_only=1)
        files, bad = overview.counts(connection)
        versions = overview.versions(runs)
        return Dashboard(
            window=window,
            is_latest=is_latest,
            totals=totals,
            costliest=failures.costliest(
                connection,
                window,
                self.groupings(connection),
                ignored_tools=self.settings.ignored_tools,
                most=5,
            ),
            masked=tuple(run_queries.calls(connection, masked, most=3, newest_first=1)),
            hooks=overview.hooks(connection, window, most=3),
            leaks=overview.leaks(connection, window, most=3),
            versions=versions,
            suspect=suspect(versions),
            files=files,
            bad_lines=bad,
        )

    def coverage(self, *, most: int = -1) -> Coverage:
        """With the latest `most` lines that could not be read; -1 is all."""
        with self.reading() as connection:
            return Coverage(
                channels=tuple(overview.channels(connection)),
                bad_lines=overview.bad_lines(connection, most=most),
                skipped=tuple(overview.skipped(connection)),
            )

    def database(self) -> DatabaseInfo:
        from homeostat.knowledge.queries import storage  # noqa: PLC0415  # only for db info

        place, now = self.store(), self.clock.now()
        with place.reading() as connection:
            return storage.database(
                connection, place, detail_days=self.settings.detail_days, now=now
            )

    def check(self) -> list[str]:
        """What is wrong with the database; empty when nothing is."""
        from homeostat.knowledge import upkeep  # noqa: PLC0415  # only for db check

        return upkeep.check(self.store())

    def backup(self, target: Path) -> int:
        """Copy the store to a file while it may be in use; answers the size in bytes."""
        from homeostat.knowledge import copying  # noqa: PLC0415  # only for db backup

        return copying.backup(self.store(), target)

    def copy(
        self, target: str, progress: "Callable[[CopyProgress], None]" = lambda _: None
    ) -> "Copied":
        """Copy the store into an empty one: a server's URL, or a file that is not there."""
        from homeostat.knowledge import copying  # noqa: PLC0415  # only for db copy

        done = copying.copy(self.store(), target, progress=progress)
        self.log.changed("store copied", tables=done.tables, rows=done.rows)
        return done

    def vacuum(self, days: int | None = None) -> GivenUp:
        """Give up the detail of runs that ended `days` ago, and the space that it took."""
        from homeostat.knowledge import retention  # noqa: PLC0415  # only for db vacuum
        from homeostat.knowledge.samples import Kept  # noqa: PLC0415  # the same

        place, settings = self.store(), self.settings
        kept = Kept(samples=settings.samples_per_signature, days=settings.samples_whole_days)
        with place.writing() as connection:
            _settle(connection)
            before = place.size(connection).bytes
            done = retention.give_up(
                connection,
                kept,
                days=settings.detail_days if days is None else days,
                now=self.clock.now(),
            )
            freed = before - place.size(connection).bytes
        done = msgspec.structs.replace(done, freed_bytes=max(0, freed))
        self.log.changed("detail given up", **msgspec.to_builtins(done))
        return done

    def merge(self, one: str, into: str) -> groupings.Grouping:
        """Show the failures of one signature under another, from now on and in history."""
        with self.writing() as connection, connection.transaction(alone=True):
            first, second = signatures.find(connection, one), signatures.find(connection, into)
            done = groupings.merge(
                connection, first.signature_id, second.signature_id, now=self.clock.now()
            )
        self._log_grouping(done)
        return done

    def split(self, signature: str, needle: str) -> "SplitDone":
        """Make a signature of its own of the failures whose answer holds `needle`."""
        from homeostat.knowledge import splitting  # noqa: PLC0415  # only for split

        with self.writing() as connection:
            ref = signatures.find(connection, signature)
            done = splitting.split(connection, ref, needle, now=self.clock.now())
            _settle(connection)
        self._log_grouping(done.grouping)
        return done

    def ignore(self, signature: str, until: datetime | None) -> groupings.Grouping:
        with self.writing() as connection, connection.transaction(alone=True):
            ref = signatures.find(connection, signature)
            done = groupings.ignore(connection, ref.signature_id, now=self.clock.now(), until=until)
        self._log_grouping(done)
        return done

    def undo_grouping(self, grouping_id: int) -> groupings.Grouping:
        from homeostat.knowledge import splitting  # noqa: PLC0415  # only to undo

        with self.writing() as connection:
            undone = splitting.undo(connection, grouping_id, now=self.clock.now())
            _settle(connection)
        self._log_grouping(undone, undone=True)
        return undone

    def _log_grouping(self, grouping: groupings.Grouping, *, undone: bool = False) -> None:
        """Without the text that split it: that is an agent's."""
        self.log.changed(
            "grouping undone" if undone else grouping.verb,
            grouping=grouping.grouping_id, signature=grouping.signature_id, into=grouping.into_id,
        )  # fmt: skip

    def forget(self, *, run: str = "", project: str = "", text: str = "") -> "Forgotten":
        """Delete everywhere; says what went and what could not be reached."""
        from homeostat.knowledge import forgetting  # noqa: PLC0415  # only for forget
        from homeostat.monitor import lines  # noqa: PLC0415  # the same

        with self.writing() as connection:
            what = forgetting.What(run=run, project=project.rstrip("/") or project, text=text)
            done = forgetting.forget(connection, what)
        counts = msgspec.to_builtins(msgspec.structs.replace(done, unreached=()))
        self.log.changed(
            "forgotten", what="run" if run else "project" if project else "text", **counts
        )
        if not text:
            return done
        forms = [form.encode() for form in forgetting.forms_of(text)]
        left = (path for path in done.unreached if lines.holds(Path(path), forms))
        return msgspec.structs.replace(done, unreached=tuple(left))

    def said_about(self, signature_id: str) -> list[groupings.Grouping]:
        """What the person said about a signature, as it holds now."""
        with self.reading() as connection:
            active = self.groupings(connection).active
        return [g for g in active if signature_id in (g.signature_id, g.into_id)]

    def histories(self) -> "list[History]":
        """The histories that clients keep on this machine."""
        from homeostat.loop import finding, importing  # noqa: PLC0415  # brings the judges

        found = importing.sources(self.state, self.settings).values()
        home = Path(self.environment.get("HOME") or "~").expanduser()
        return list(finding.histories(found, home, self.environment))

    def import_files(
        self,
        paths: Sequence[Path],
        *,
        client: str | None = None,
        progress: "Callable[[Progress], None]" = lambda _: None,
    ) -> "Imported":
        """Take in files and what lies below folders; only what is new is read."""
        from homeostat.loop import importing  # noqa: PLC0415  # brings the judges

        done = importing.import_files(
            self.state, self.clock, paths, self.settings, client=client, progress=progress
        )
        self.log.done("imported", files=done.files, lines=done.lines, events=done.events)
        if done.problems:
            self.log.left_out("left out", problems=len(done.problems))
        return done

    def formats(self) -> "list[Format]":
        """What `import_files` can read."""
        from homeostat.loop import finding, importing  # noqa: PLC0415  # brings the judges

        return finding.formats(importing.sources(self.state, self.settings))

    def following(self, paths: Sequence[Path]) -> "Followed":
        """What of these files and folders changes; without any, of what is on this machine."""
        from homeostat.loop import finding, importing  # noqa: PLC0415  # brings the judges
        from homeostat.loop.following import Followed  # noqa: PLC0415  # only for import --follow

        def found() -> list[Path]:
            return [Path(path) for history in self.histories() for path in history.paths]

        patterns = finding.names(importing.sources(self.state, self.settings).values())
        return Followed((lambda: paths) if paths else found, patterns)

    def redactor(self) -> "Redactor":
        """Takes secrets out of texts, with this installation's key."""
        from homeostat.analyze.redact import Redactor  # noqa: PLC0415  # only for redact
        from homeostat.knowledge.keys import redaction_key  # noqa: PLC0415  # the same

        return Redactor(redaction_key(state_folder.folder(self.state)))

    def places(self) -> dict[str, str]:
        return {
            "config": str(self.config),
            "state": str(self.state),
            "database": self.store().name,
            "log": str(self.state / state_folder.LOG),
        }

    def groupings(self, connection: Connection) -> groupings.Groupings:
        """What the person said of the grouping, as it holds now."""
        return groupings.load(connection, now=self.clock.now())


def _settle(connection: Connection) -> None:
    from homeostat.analyze.runs import settled  # noqa: PLC0415  # only after a change
    from homeostat.knowledge.settle import settle  # noqa: PLC0415  # the same

    settle(connection, settled)
