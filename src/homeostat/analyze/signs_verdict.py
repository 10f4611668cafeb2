"""What checkers print when they looked at the work and refused it."""

from homeostat.analyze.signs import signs

VERDICTS = signs(
    ("--- FAIL", r"^\s{0,40}--- FAIL: "),
    ("FAIL", r"^FAIL(?:[:\t ]|$)"),
    ("[build failed]", ""),
    ("[setup failed]", ""),
    ("panic:", "^panic: (?!.{0,80}flag redefined)"),
    ("test result: FAILED", ""),
    ("failed", r"^={3,} .{0,120}\b[1-9]\d{0,6} failed\b"),
    ("failed", r"^[1-9]\d{0,5} failed(?:, |\b.{0,60} in \d)"),
    ("FAILED", r"^FAILED (?:\S+::|\(|\S+\.py)"),
    ("FAILED (", r"^FAILED \((?:failures|errors|unexpected)"),
    ("E  ", r"^E   +(?:assert|\w{0,60}(?:Error|Exception|Warning))"),
    ("Tests:", r"Tests:? {1,20}(?:.{0,60} )?[1-9]\d{0,6} failed"),
    ("failed", r"Test (?:Files|Suites):? {1,9}[1-9]\d{0,5} failed"),
    (" failing", r"^\s{0,20}[1-9]\d{0,5} failing\b"),
    ("# fail ", "# fail [1-9]"),
    ("fail ", "^\u2139 fail [1-9]"),
    (" fail", r"[1-9](?<=[\s:][1-9])\d{0,5} fail$"),
    ("(fail)", r"(?:^|: )\(fail\) "),
    ("not ok ", r"^\s{0,20}not ok \d"),
    (" failed", r"^\s{0,8}[1-9]\d{0,5} failed$"),
    ("AssertionError", r"^(?:E\s{1,9})?(?:Uncaught |\w{1,30}\.)?AssertionError\b"),
    (
        "failures",
        (
            r"\b\d{1,7} (?:examples?|runs|tests?|scenarios?)\b.{0,80}?\b[1-9]\d{0,5} "
            "(?:failures?|errors|failed)"
        ),
    ),
    ("failure", r"\b\d{1,7} examples?, [1-9]\d{0,5} failures?"),
    ("FAILURES!", ""),
    ("ERRORS!", ""),
    ("There were failing tests", ""),
    ("Failures:", r"Tests (?:run|:)? ?\d.{0,60}(?:Failures|Errors): [1-9]"),
    ("There are test failures", ""),
    ("Failed:", "Failed!? {0,3}- Failed: {1,9}[1-9]"),
    ("Test Run Failed", ""),
    ("tests failed out of", r"[1-9]\d{0,5} tests failed out of"),
    ("** TEST FAILED **", ""),
    ("** BUILD FAILED **", ""),
    ("Test Suite '", r"with [1-9]\d{0,5} failures?"),
    ("tests failed", r"[1-9]\d{0,5} tests? failed"),
    ("FAILED TO", r"^//\S{1,200} +FAILED"),
    ("FAILED in", r"^//\S{1,200} +(?:FAILED|TIMEOUT) in"),
    ("failed:", r"^\d{1,6} (?:passed|passing), [1-9]\d{0,5} failed"),
    ("Some tests failed", ""),
    ("FAIL ", r"(?:^|: )\s{0,4}FAIL {1,3}\S"),
    ("coverage", "(?i)coverage .{0,60}(?:threshold|not met|below|less than|fail[- ]under)"),
    ("problem", r"✖ [1-9]\d{0,6} problems?(?! \(0 errors)|^✖ {1,4}found [1-9]\d{0,4} problems"),
    (
        "Found ",
        (
            r"\bFound [1-9]\d{0,6} (?:errors?|violations?|issues?|diagnostics?"
            r"|offenses?|problems?)\b"
        ),
    ),
    ("were emitted while", "Some (?:errors|warnings) were emitted while"),
    ("would ", r"\bwould (?:be )?(?:reformat|have printed)"),
    ("Would reformat", ""),
    ("Code style issues", ""),
    ("not formatted", "(?i)files? (?:is|are|were) not (?:properly )?formatted"),
    (": ", r"^\S{1,200}:\d{1,6}:\d{1,5}: (?:[A-Z]{1,4}\d{2,5}\b|(?:fatal )?error)"),
    ("error:", r"^\S{1,200}:\d{1,6}: (?:fatal )?error:"),
    ("error:", r"^\S{1,200}\(\d{1,6}(?:,\d{1,5})?\) ?: (?:fatal )?error\b"),
    (" issues", r"^\s{0,4}[1-9]\d{0,6} issues?:"),
    ("offense", r"[1-9]\d{0,6} offenses? detected"),
    ("[ERROR] Found", r"\[ERROR\] Found [1-9]\d{0,6} error"),
    ("In ", r"^In \S{1,200} line \d{1,6}:$"),
    ("Diff in", r"^Diff in \S"),
    ("rated at", "^Your code has been rated at (?!10)"),
    ("...Failed", ""),
    ("hook id:", "^- hook id: "),
    ("husky", r"husky - \S{1,30} (?:script failed|hook exited with code)"),
    ("🥊", ""),
    ("lint-staged", r"(?:✖|\[FAILED\]) \S.{0,100}:$"),
    (
        "trailing whitespace",
        (
            r"^\S{1,300}:\d{1,6}: (?:trailing whitespace|new blank line|space before tab"
            "|leftover conflict)"
        ),
    ),
    ("Unused ", r"^Unused (?:files|dependencies|exports|types|devDependencies) \(\d"),
    ("Contracts:", r"Contracts: .{0,40}[1-9]\d{0,3} broken"),
    ("error TS", r"error TS\d{4,5}: (?!(?:Cannot find (?:module|type definition)|Could not find))"),
    ("Found ", r"Found [1-9]\d{0,6} errors? in \d"),
    (" error", r"^[1-9]\d{0,6} errors?, \d{1,6} warning"),
    ("error[", r"^error\[E\d{3,5}\]"),
    ("could not compile", "error: could not compile"),
    (".go:", r"^\S{0,200}\.go:\d{1,6}:\d{1,5}: "),
    ("vet:", r"^vet: \S{1,200}\.go:\d"),
    (".java:", r"\.java:(?:\[?\d{1,6}(?:,\d{1,5}\])?:?) ?error"),
    ("COMPILATION ERROR", ""),
    ("Compilation failed", ""),
    ("error CS", r"error [CF]S\d{4}:"),
    ("Build FAILED", ""),
    ("BUILD FAILED", r"BUILD FAILED in \d|^BUILD FAILED$"),
    (".kt:", r"^e: \S{1,300}\.kt"),
    ("error during build", ""),
    ("Failed to compile", ""),
    ("compiled with", r"compiled with [1-9]\d{0,5} errors?"),
    ("Type error:", r"^\.?/?\S{0,200}:?\d{0,5}\n?.{0,20}Type error:|^Type error: "),
    ("errors generated", r"\d errors? generated\."),
    ("== Compilation error", ""),
    ("Build did NOT complete", "failed to build|Build did NOT complete"),
    ("svelte-check found", "svelte-check found [1-9]"),
    ("undefined reference to", ""),
    (".rb:", r"^\S{1,200}\.rb:\d{1,6}: syntax error"),
    ("SyntaxError", r"^(?:Sorry: )?(?:Syntax|Indentation)Error: .{0,200}\(\S{1,200}, line \d"),
    ("Parse error", r"Parse error: .{0,300} on line \d|Errors parsing "),
    ("[ERROR]", r"^\[ERROR\] \S{1,300}:\[\d{1,6},\d{1,5}\]"),
    ("✘ [ERROR]", ""),
    ("ERROR in ", r"^ERROR in \.?/?\S"),
    ("leaks found", "leaks found: [1-9]"),
    ("[lint]", r"^\[\w[\w:\-]{0,40}\] ERROR task failed[^\n]{0,20}\n?\Z(?<!x)"),
    ("chart(s) failed", r"[1-9]\d{0,4} chart\(s\) failed"),
)
"""Lines that a checker only prints when it judged the work and refused it."""

VULNERABLE = signs(
    ("vulnerabilit", r"\b(?!0 )\d{1,6} (?:\w{1,12} severity )?(?:known )?vulnerabilit(?:y|ies)"),
    ("advisor", r"[1-9]\d{0,4} (?:security )?advisor(?:y|ies) found"),
)
"""What an audit found; installers tell the same in passing, so it counts from audits alone."""

CLAIMS = signs(
    ("invalid", r"(?i)^\W{0,12}(?:\S{1,200} (?:is |- )?invalid\b|invalid\b: )"),
    ("✗", r"^\s{0,12}✗ \S"),
    ("❌", r"^\s{0,12}❌ \S"),
    ("✘", r"^\s{0,12}✘ \S"),
)
"""Refusals that other programs print as well; they count from a program that is a check."""

NONE_FOUND = signs(
    ("no pull requests", "(?i)no (?:open )?pull requests? (?:found|match)"),
    (
        "No ",
        (
            r"^[Nn]o (?:checks|runs|issues?|releases?|results?|matches|open \w+"
            r"|merge requests?|workflow runs|upstream) (?:\w+ )?(?:reported|found|match"
            "|available|configured)"
        ),
    ),
    ("release not found", ""),
    ("E404", r"\bcode E404"),
    ("no matching", r"(?i)no matching \w+"),
    ("not found in", r"^(?:Warning|WARNING): Package\(s\) not found"),
    ("is not installed", "^(?:package|dpkg-query: package|Error: No such keg|error: package) "),
    ("no packages found matching", ""),
    ("No such keg", ""),
    ("no checks reported", ""),
    ("could not be found in the keychain", ""),
    ("(empty)", ""),
)
"""How a lookup answers that there is none."""
