"""What a failed step leaves in the output of a line that succeeded."""

import re

from homeostat.analyze.signs import signs

RUNNER_SAYS_FAILED = signs(
    ("exited with code ", r"^.{0,200}exited with code [1-9]\d{0,2}$"),
    ("husky - ", r"^.{0,60}husky - .{1,60}(?:failed|exited)"),
    ("FAILED: ", "^FAILED: "),
    ("] ERROR task failed", r"^\[[\w:\-]{1,40}\] ERROR task failed"),
    (": *** ", r"^g?make(?:\[\d\])?: \*\*\* .{0,200}Error [1-9]"),
    ("ELIFECYCLE", "^.{0,60}ELIFECYCLE"),
    ("ERR_PNPM_RECURSIVE_RUN", ""),
    ("Lifecycle script", r"^npm (?:ERR!|error) Lifecycle script"),
    ("error Command failed with exit code", ""),
)
"""A runner's own words for a step that failed: no passing run prints them."""

ALL_GREEN = re.compile(
    r"\b0 (?:fail(?:ed|ures?|ing)?|errors?|issues|problems)\b|\b\d{1,6} pass(?:ed|ing)?\b|^OK\b"
    r"|test result: ok|[Aa]ll (?:checks|tests) passed|No fixes applied",
    re.MULTILINE,
)
NOT_GREEN = re.compile(
    r"(?<!\d)(?!0 )\d{1,6} (?:fail(?:ed|ures?|ing)?|errors?|issues|problems)\b"
    r"|exited with code [1-9]|\bFAIL"
)
"""Beside words of success at the end of an output: the summary is red."""

PASSED = re.compile(
    r"\bpass(?:ed|ing)?\b|\bPASS|\bok\b|\bOK\b|\b0 (?:errors|issues|fail|problems|warnings)"
    r"|[Ss]ucce(?:ss|eded)|No fixes applied|✓|✔|Done in|Finished|\bbuilt\b"
)

TOLD_CODE = re.compile(
    r"""^\W{0,6}(?:[\w ]{0,24}\b)?(?:exit|EXIT|Exit|rc|RC|code|status)[\w ]{0,8}\W{1,3}
    ([1-9]\d{0,2})\W{0,4}$""",
    re.MULTILINE | re.VERBOSE,
)
"""`exit code: 2`, `EXIT=1`, `rc 127`: a line of its own."""

OWN_ERROR = re.compile(
    r"""^(?:/\S{0,60}/)?([\w.+\-]{1,30}):[ ](?!warning|note|info)[^\n]{0,300}?(?:
      [Nn]o[ ]such[ ]file|illegal[ ]option|invalid[ ]option|[Ii]nvalid[ ]|unrecognized|[Uu]nknown[ ]
    | [Cc]annot[ ]|can't[ ]|[Pp]ermission[ ]denied|command[ ]not[ ]found|not[ ]found|[Ee]rror
    | HTTP[ ][45]\d\d|Is[ ]a[ ]directory|[Nn]ot[ ]a[ ]directory|[Ff]ailed|syntax[ ]error
    | missing[ ]operand|requires[ ]an[ ]argument|not[ ]a[ ]valid|[Cc]ould[ ]not
    )""",
    re.MULTILINE | re.VERBOSE,
)
"""`program: what is wrong`; group 1 is the program."""

FATAL = re.compile(r"(?:[^\n]{0,200}\n){0,4}?(?:fatal|error): ")
"""Among the first lines: further below it is what a file or a log says."""

REFUSED = re.compile(
    r"""(?:
      error:[ ](?:unexpected[ ]argument|unrecognized|Found[ ]argument|unknown[ ](?:option|switch)
        |invalid[ ]value|pathspec)
    | Error:[ ](?:unknown[ ](?:flag|command|shorthand)|accepts[ ]\d|required[ ]flag)
    | [Uu]nknown[ ](?:flag|option|JSON[ ]field|command|argument)[:[ ]]
    | (?:gh:[ ]|HTTP[ ]).{0,200}\(?HTTP[ ][45]\d\d
    | Could[ ]not[ ]resolve[ ]to[ ]a|GraphQL:[ ]
    )""",
    re.VERBOSE,
)
"""How an output begins that is nothing but a refusal."""

NPM_ERROR = re.compile(r"^npm (?:error|ERR!) (?:code (E\w{2,30})|[Mm]issing script:)", re.MULTILINE)
TRACEBACK = re.compile(r"Traceback \(most recent call last\)")
LAST_EXIT = re.compile(r"\nexit status [1-9]\d{0,2}\s{0,5}$")
LAST_WORDS = re.compile(
    r"(?:^|\n)(?:Error|error|ERROR|fatal|panic|[Ff]ailed to)\b[^\n]{0,500}\s{0,5}$"
)
