"""Made-up sessions of opencode, in each of the forms in which it keeps them."""

import json
import sqlite3
from itertools import count
from pathlib import Path
from typing import Any

from histories import START

START_MS = int(START.timestamp() * 1000)
SCHEMA = """
CREATE TABLE `project` (`id` text PRIMARY KEY, `worktree` text NOT NULL);
CREATE TABLE `session` (`id` text PRIMARY KEY, `directory` text NOT NULL, `version` text NOT NULL,
  `cost` real DEFAULT 0 NOT NULL, `time_created` integer NOT NULL, `time_updated` integer NOT NULL);
CREATE TABLE `message` (`id` text PRIMARY KEY, `session_id` text NOT NULL,
  `time_created` integer NOT NULL, `time_updated` integer NOT NULL, `data` text NOT NULL);
CREATE TABLE `part` (`id` text PRIMARY KEY, `message_id` text NOT NULL, `session_id` text NOT NULL,
  `time_created` integer NOT NULL, `time_updated` integer NOT NULL, `data` text NOT NULL);
"""
TOKENS = {"input": 400, "output": 40, "reasoning": 7, "cache": {"read": 800, "write": 3}}


class OpencodeSession:
    """Writes one session; each thing takes a second."""

    def __init__(self, session: str = "ses_1", **info: object) -> None:
        self.session = session
        self._numbers = count(1)
        self.now = START_MS
        self.info: dict[str, Any] = {
            "id": session, "slug": "calm-river", "projectID": "p1", "title": "A title",
            "directory": "/home/dev/ledger", "version": "1.18.33", "time": {"created": START_MS},
            **info,
        }  # fmt: skip
        self.messages: list[dict[str, Any]] = []

    def message(self, role: str, *parts: dict[str, Any], **info: object) -> "OpencodeSession":
        self.now += 1000
        message_id = f"msg_{self.session}_{next(self._numbers)}"
        info = {"id": message_id, "sessionID": self.session, "role": role,
                "time": {"created": self.now}, **info}  # fmt: skip
        self.messages.append({"info": info, "parts": []})
        for part in parts:
            self.part(**part)
        return self

    def part(self, **part: object) -> "OpencodeSession":
        """One more part of the last message."""
        message = self.messages[-1]
        part_id = f"prt_{self.session}_{next(self._numbers)}"
        ids = {"id": part_id, "sessionID": self.session, "messageID": message["info"]["id"]}
        message["parts"].append(ids | part)
        return self

    def prompt(self, text: str = "Make it work.") -> "OpencodeSession":
        return self.message("user", {"type": "text", "text": text})

    def calls(self, call_id: str = "c1", tool: str = "bash", **state: object) -> "OpencodeSession":
        part = {"type": "tool", "tool": tool, "callID": call_id, "state": state}
        return self.message(
            "assistant", {"type": "step-start"}, part, modelID="small-1", tokens=TOKENS,
            cost=0.25, finish="tool-calls",
        )  # fmt: skip

    def runs(self, call_id: str, command: str, code: int, output: str = "") -> "OpencodeSession":
        return self.calls(
            call_id, status="completed", input={"command": command}, output=output,
            metadata={"exit": code}, time={"start": self.now + 1000, "end": self.now + 1500},
        )  # fmt: skip

    def fails(self, call_id: str, tool: str, error: str, **given: object) -> "OpencodeSession":
        return self.calls(
            call_id, tool, status="error", input=given, error=error,
            time={"start": self.now + 1000, "end": self.now + 1100},
        )  # fmt: skip

    def says(self, text: str = "Done.") -> "OpencodeSession":
        said = {"type": "text", "text": text, "time": {"start": self.now + 1000}}
        return self.message(
            "assistant", said, modelID="small-1", tokens=TOKENS, cost=0.25, finish="stop"
        )

    def exported(self) -> dict[str, Any]:
        return {"info": self.info, "messages": self.messages}

    def records(self) -> list[bytes]:
        """As an exported session is read: what is around the messages, then each of them."""
        found: list[dict[str, Any]] = [{"info": self.info}]
        found += [{"messages": message} for message in self.messages]
        return [json.dumps(record).encode() for record in found]

    def write(self, folder: Path) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{self.session}.json"
        path.write_text(json.dumps(self.exported(), indent=2))
        return path

    def write_files(self, storage: Path) -> Path:
        """As older versions kept it: one small file each."""
        self._file(storage / "session" / "p1", self.info)
        for message in self.messages:
            self._file(storage / "message" / self.session, message["info"])
            for part in message["parts"]:
                self._file(storage / "part" / message["info"]["id"], part)
        return storage

    def _file(self, folder: Path, content: dict[str, Any]) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{content['id']}.json").write_text(json.dumps(content, indent=2))

    def put(self, database: sqlite3.Connection) -> None:
        """Rows as the client writes them: made once, then changed in place."""
        cost = sum(message["info"].get("cost", 0) for message in self.messages)
        database.execute(
            "REPLACE INTO session VALUES (?, ?, ?, ?, ?, ?)",
            (self.session, self.info["directory"], self.info["version"], cost, START_MS, self.now),
        )
        for message in self.messages:
            info = message["info"]
            data = {name: value for name, value in info.items() if name not in ("id", "sessionID")}
            created = info["time"]["created"]
            self._row(database, "message", (info["id"], self.session, created), data)
            for part in message["parts"]:
                data = {name: value for name, value in part.items() if not name.endswith("ID")
                        or name == "callID"}  # fmt: skip
                data.pop("id")
                key = (part["id"], info["id"], self.session, created)
                self._row(database, "part", key, data)
        database.commit()

    def _row(
        self, database: sqlite3.Connection, table: str, key: tuple[object, ...], data: object
    ) -> None:
        """Its time of change moves only when it changed."""
        found = json.dumps(data)
        places = ", ".join("?" * (len(key) + 2))
        database.execute(
            f"INSERT INTO {table} VALUES ({places}) ON CONFLICT (id) DO UPDATE"  # noqa: S608
            " SET data = excluded.data, time_updated = excluded.time_updated"
            f" WHERE {table}.data <> excluded.data",
            (*key, self.now, found),
        )
