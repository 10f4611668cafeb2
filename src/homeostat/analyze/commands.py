"""A shell line read as steps: which programs ran, and which one the line's exit code can be of."""

import re
from collections.abc import Callable, Sequence
from itertools import pairwise

import msgspec

from homeostat.analyze.shell_words import Kind, Token, tokens
from homeostat.analyze.wrappers import assigned, unwrapped

DEEPEST = 20
"""Groups and scripts inside each other that are followed."""
_SEPARATORS = (";", "&")
_ENDS = (")", ";;", ";&", ";;&")
"""Of a group, and of one arm of a `case`."""
_CLOSERS = frozenset({"then", "elif", "else", "fi", "do", "done", "esac", "}"})
_TRIVIAL = (("true",), (":",))
_GIVING_UP = frozenset({"exit", "return", "false", "die", "fail"})
"""After `||` these pass the failure on."""
_COMPOUND = frozenset({"if", "while", "until", "for", "select", "case", "function"}) | _CLOSERS
_ONE_PROGRAM = re.compile(r"[\w./:=@%+,~^ \-]{1,400}\Z")
"""A line without a sign that means something to a shell; a third of all lines are so."""
_SHELLS = frozenset({"bash", "sh", "zsh", "dash", "ksh", "fish"})


class Step(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One program that a line starts, without its wrappers, settings and redirections."""

    words: tuple[str, ...]
    """The program first; never empty."""
    can_decide: bool = False
    """Whether the line's exit code can be this step's, when the line fails."""
    is_piped: bool = False
    """Whether its answer went into another program."""
    is_answered: bool = False
    """Whether the line expects that it may say no: a condition, or an explicit else branch."""
    is_quiet: bool = False
    """Whether its error messages are thrown away."""
    writes: tuple[str, ...] = ()
    """The files that its output goes into."""

    @property
    def name(self) -> str:
        """The program without its folder."""
        return self.words[0].rpartition("/")[2]


def steps(line: str) -> tuple[Step, ...]:
    """The steps of a shell line, in order.

    A line is read up to `shell_words.LONGEST_LINE` characters; what is no shell gives
    whatever steps it seems to have. Never raises.
    """
    if words := _one_program(line):
        return (Step(words=words, can_decide=True),)
    part = _read(line, 0)
    deciding = {id(draft) for draft in part.deciding}
    return tuple(
        Step(
            words=draft.words,
            can_decide=id(draft) in deciding,
            is_piped=draft.is_piped,
            is_answered=draft.is_answered,
            is_quiet=draft.is_quiet,
            writes=tuple(draft.writes),
        )
        for draft in part.steps
    )


def _one_program(line: str) -> tuple[str, ...]:
    """The words of a line that only starts one program; nothing where a closer look is needed."""
    words = unwrapped(line.split()) if _ONE_PROGRAM.match(line) else ()
    is_more = bool(words) and (words[0] in _COMPOUND or words[0].rpartition("/")[2] in _SHELLS)
    return () if is_more else words


class _Draft(msgspec.Struct, kw_only=True):
    words: tuple[str, ...]
    is_piped: bool = False
    is_answered: bool = False
    is_quiet: bool = False
    writes: list[str]


class _Part(msgspec.Struct):
    """Steps that belong together, and those whose exit code is the whole's."""

    steps: list[_Draft] = msgspec.field(default_factory=list[_Draft])
    deciding: list[_Draft] = msgspec.field(default_factory=list[_Draft])


def _read(script: str, depth: int) -> _Part:
    return _Parser(tokens(script), depth).all()


class _Parser:
    def __init__(self, found: Sequence[Token], depth: int) -> None:
        self._tokens = found
        self._place = 0
        self._depth = depth
        self._stops_at_error = False
        self._pipes_fail = False

    def all(self) -> _Part:
        whole = _Part()
        while self._place < len(self._tokens):
            self._join(whole, self._list())
            self._place += 1  # a closer that nothing opened
        return whole

    def _peek(self) -> Token | None:
        return self._tokens[self._place] if self._place < len(self._tokens) else None

    def _is_operator(self, *signs: str) -> bool:
        token = self._peek()
        return token is not None and token.kind is Kind.OPERATOR and token.text in signs

    def _bare(self) -> str:
        """The word at hand, where it may be a keyword."""
        token = self._peek()
        return token.text if token and token.kind is Kind.WORD and token.is_bare else ""

    def _join(self, whole: _Part, part: _Part) -> None:
        whole.steps += part.steps
        if self._stops_at_error:
            whole.deciding += part.deciding
        else:
            whole.deciding = part.deciding or whole.deciding

    def _list(self) -> _Part:
        whole = _Part()
        while self._place < len(self._tokens):
            if self._is_operator(*_ENDS) or self._bare() in _CLOSERS:
                break
            if self._is_operator(*_SEPARATORS):
                self._place += 1
            else:
                self._join(whole, self._chain())
        return whole

    def _chain(self) -> _Part:
        whole = self._pipeline()
        while self._is_operator("&&", "||"):
            is_else = self._is_operator("||")
            self._skip_ends(1)
            then = self._pipeline()
            whole.steps += then.steps
            if not is_else:
                whole.deciding += then.deciding
                continue
            gives_up = any(draft.words[0] in _GIVING_UP for draft in then.steps)
            if not gives_up and not all(draft.words in _TRIVIAL for draft in then.steps):
                _answer(whole.deciding)
            whole.deciding = [*(whole.deciding if gives_up else ()), *then.deciding]
        return whole

    def _skip_ends(self, count: int) -> None:
        self._place += count
        while self._is_operator(";"):
            self._place += 1

    def _pipeline(self) -> _Part:
        is_negated = self._bare() == "!"
        self._place += is_negated
        whole = self._command()
        while self._is_operator("|", "|&"):
            self._skip_ends(1)
            for draft in whole.deciding:
                draft.is_piped = True
            then = self._command()
            whole.steps += then.steps
            kept = whole.deciding if self._pipes_fail else []
            whole.deciding = [*kept, *then.deciding]
        if is_negated:
            _answer(whole.deciding)
        return whole

    def _command(self) -> _Part:
        word = self._bare()
        if self._is_operator("(") or word == "{":
            return self._nested(self._group)
        if word in ("if", "while", "until"):
            return self._nested(self._conditional)
        if word == "case":
            return self._nested(self._case)
        if word in ("for", "select", "function"):
            self._skip_head()
            return self._nested(self._conditional) if self._bare() == "do" else _Part()
        return self._simple()

    def _nested(self, read: Callable[[], _Part]) -> _Part:
        """Read a group one level deeper; beyond the deepest its sign is stepped over."""
        if self._depth >= DEEPEST:
            self._place += 1
            return _Part()
        self._depth += 1
        part = read()
        self._depth -= 1
        self._redirections(part)
        return part

    def _skip_head(self) -> None:
        """From `for` to its `do`, or from `function` to its body."""
        while (token := self._peek()) and token.text not in ("do", "{", "("):
            self._place += 1

    def _case(self) -> _Part:
        """Each arm's list may decide; the patterns before them are no commands."""
        whole = _Part()
        while self._place < len(self._tokens) and self._bare() != "esac":
            if self._is_operator(")"):
                self._place += 1
                part = self._list()
                whole.steps += part.steps
                whole.deciding += part.deciding
            else:
                self._place += 1
        self._place += 1
        return whole

    def _group(self) -> _Part:
        self._place += 1
        part = self._list()
        self._place += 1
        return part

    def _conditional(self) -> _Part:
        """`if` and loops: the condition answers itself, each branch may decide."""
        whole = _Part()
        while (word := self._bare()) not in ("fi", "done", "") and word != "}":
            self._place += 1
            part = self._list()
            whole.steps += part.steps
            if word in ("if", "elif", "while", "until"):
                _answer(part.deciding)
            else:
                whole.deciding += part.deciding
        self._place += 1
        return whole

    def _redirections(self, part: _Part) -> None:
        """What stands behind a group's end: files that all its steps write."""
        while (token := self._peek()) and token.kind is Kind.REDIRECT:
            for draft in part.steps:
                self._redirect(draft, token.text)
            self._place += 2

    def _simple(self) -> _Part:
        draft, found = _Draft(words=(), writes=[]), list[str]()
        while self._place < len(self._tokens):
            token = self._tokens[self._place]
            if token.kind is Kind.OPERATOR:
                break
            if token.kind is Kind.REDIRECT:
                self._redirect(draft, token.text)
                self._place += 1
            else:
                found.append(token.text)
            self._place += 1
        if found and self._is_operator("("):  # the head of a function, or a list of values
            while self._peek() and not self._is_operator(")"):
                self._place += 1
            self._place += 1
            found = []
        if not (words := unwrapped(found)):
            inner = assigned(found)
            return self._script(inner) if inner else _Part()
        return self._started(draft, words)

    def _started(self, draft: _Draft, words: tuple[str, ...]) -> _Part:
        program = words[0].rpartition("/")[2]
        if program in _SHELLS and (script := _script_of(words)):
            return self._script(script)
        if program == "set":
            self._settings(words)
        draft.words = words
        return _Part([draft], [draft])

    def _settings(self, words: Sequence[str]) -> None:
        flags = "".join(w for w in words if w[:1] == "-" and w[:2] != "--")
        self._stops_at_error |= "e" in flags or "errexit" in words
        self._pipes_fail |= "pipefail" in words

    def _script(self, script: str) -> _Part:
        if self._depth >= DEEPEST:
            return _Part()
        return _read(script, self._depth + 1)

    def _redirect(self, draft: _Draft, sign: str) -> None:
        place = self._place + 1
        target = self._tokens[place].text if place < len(self._tokens) else ""
        if sign in ("2>", "2>>", "&>", "&>>") and target == "/dev/null":
            draft.is_quiet = True
        elif ">" in sign and not sign.endswith("&") and not sign.startswith("2"):
            draft.writes.append(target)


def _answer(drafts: Sequence[_Draft]) -> None:
    for draft in drafts:
        draft.is_answered = True


def _script_of(words: Sequence[str]) -> str:
    """What `bash -lc "..."` runs."""
    for flag, script in pairwise(words[1:]):
        if flag[:1] == "-" and flag[:2] != "--" and flag.endswith("c"):
            return script
        if flag[:1] not in "-+":
            break
    return ""
