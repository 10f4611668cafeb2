"""What checkers and other programs print when they could not do their work."""

from homeostat.analyze.signs import signs

BROKE_OFF = signs(
    ("during collection", r"^!+ Interrupted: |[1-9]\d{0,4} errors? during collection"),
    ("ImportError while", "^ImportError while"),
    ("errors in ", r"^=+ [1-9]\d{0,4} errors? in "),
    ("no tests ran", "no tests ran in"),
    ("No space left on device", ""),
    ("gpg failed to sign", ""),
    ("failed to write commit", "failed to write commit object"),
    ("Please tell me who you are", ""),
    ("index.lock", ""),
    ("Command timed out", ""),
    ("JavaScript heap out of", ""),
    ("Cannot allocate memory", ""),
    (
        "Unhandled error between tests",
        r"Unhandled error between tests\n-{5,}\nerror: Cannot find (?:module|package)",
    ),
    ("rollup-", "Cannot find module @rollup/rollup-"),
    ("Internal error", "^INTERNALERROR>"),
)
"""The check ended early or in part: nothing else that it says counts."""

NOT_RUN = signs(
    ("command not found", r"command not found(?!\w)"),
    (": not found", r"^(?:\S{0,60}: )?(?:\d{1,4}: )?\S{1,80}: not found$"),
    ("not recognized as", ""),
    ("Missing script", "(?i)missing script:"),
    (
        "ERR_PNPM_",
        (
            "ERR_PNPM_(?:NO_SCRIPT|UNSUPPORTED_ENGINE|NO_IMPORTER_MANIFEST"
            "|OUTDATED_LOCKFILE|RECURSIVE_EXEC_FIRST_FAIL|NO_PKG_MANIFEST|LOCKFILE|BAD_"
            "|WORKSPACE_PKG|META_FETCH)"
        ),
    ),
    ("Script not found", r"Script not found \""),
    ("No rule to make target", ""),
    ("No targets", r"make: \*\*\* No targets"),
    (
        "Cannot find ",
        (
            r"^(?!.{0,200}TS\d{4})(?:.{0,60}\b[Ee]rror: "
            r"|\s{0,12})?(?:\[\w{1,40}\]: )?Cannot find (?:module|package) ['\"](?!\.)"
        ),
    ),
    ("ERR_MODULE_NOT_FOUND", "ERR_MODULE_NOT_FOUND"),
    (
        "No module named",
        r"^\S{0,200}python\S{0,12}: No module named|: No module named \S{1,60}\.__main__",
    ),
    ("file or directory not found:", ""),
    ("No tests found", "^No tests found"),
    ("No test files found", ""),
    ("Failed to load config", "(?i)failed to load (?:config|plugin|parser)"),
    ("couldn't find", "ESLint couldn't find"),
    ("No files matching", r"No files matching (?:the pattern )?['\"]"),
    ("could not determine executable", ""),
    ("Unsupported environment", ""),
    ("no required module provides", "no required module provides package"),
    ("missing go.sum", r"missing go\.sum entry"),
    ("cannot find main module", ""),
    ("go.mod file not found", ""),
    ("no Go files in", r"^(?:package \S+: )?no Go files in"),
    ("matched no packages", "^go: (?!warning).{0,200}matched no packages"),
    ("is not in std", "is not in (?:std|GOROOT)"),
    ("directory not found", r"^stat \S{1,300}: directory not found|: directory not found$"),
    (
        "go: ",
        (
            r"^go: (?:downloading \S{1,200} \S{1,80}\n)?.{0,200}(?:dial tcp|i/o timeout"
            "|unknown revision|requires go|toolchain not available)"
        ),
    ),
    ("could not find `Cargo.toml`", ""),
    ("no such command", "error: no such (?:command|subcommand)"),
    ("failed to get `", ""),
    ("linker `", r"linker `\S{1,40}` not found"),
    ("toolchain", "error: toolchain .{0,80} is not installed"),
    (
        "did not match any",
        (
            "error: (?:package ID specification|no (?:test|bin|example) target).{0,200}"
            "|pathspec .{0,300} did not match any"
        ),
    ),
    ("Could not resolve dep", "Could not resolve dependenc"),
    ("No plugin found for prefix", ""),
    ("there is no POM", ""),
    ("not found in root project", "Task .{0,100} not found in "),
    ("Could not resolve all", "Could not resolve all (?:files|dependencies|artifacts)"),
    ("JAVA_HOME", "JAVA_HOME is (?:not set|set to an invalid)"),
    ("Unable to locate a Java", ""),
    ("MSB10", "MSB10(?:03|09|11)"),
    ("NETSDK", r"error NETSDK\d{4}"),
    (" NU1", r"error NU1\d{3}"),
    ("Could not locate Gemfile", ""),
    ("Could not find gem", r"Could not find (?:gem '|\S{1,80} in (?:any|locally))"),
    ("Bundler::", "Bundler::GemNotFound"),
    ("cannot load such file", ""),
    ("Could not open input file", ""),
    ("vendor/autoload.php", r"(?:Failed opening|failed to open).{0,120}vendor/autoload\.php"),
    ("Cannot connect to the Docker", ""),
    ("npm ERR! code E", "^npm ERR! code E(?!LIFECYCLE)[A-Z]{3,}"),
    ("npm error code E", "^npm error code E(?!LIFECYCLE)[A-Z]{3,}"),
    ("error: unexpected argument", ""),
    ("unrecognized arguments", ""),
    ("flag provided but not defined", ""),
    ("unknown flag", "unknown (?:shorthand )?flag:"),
    ("Unknown option", r"(?i)^(?:\S{1,40}: )?(?:error: |CACError: )?unknown option"),
    ("Failed to initialize", "^Failed to initialize (?:the )?(?:plugin|modules)"),
    (
        "Required plugins",
        "required plugins? .{0,80}(?:not installed|missing)|Missing required provider",
    ),
    ("terraform init", r"(?:run|please run|running) \"?terraform init"),
    ("browserType.launch", "Executable doesn't exist at|Looks like Playwright"),
    ("Failed to launch", "Failed to launch (?:the )?browser"),
)
"""A missing tool, module, script, option: the checker did not judge, unless it says how it went."""

BROKEN = signs(
    ("fatal:", r"^(?:\S{1,40}: )?fatal: "),
    ("No such file", "[Nn]o such file or directory"),
    (
        "not found",
        r"(?:^|: )(?:error: |Error: )?[\w .'\"`/@-]{1,120} (?:was |is )?not found\.?$",
    ),
    ("sage:", r"^(?:Error: .{0,200}\n)?\s{0,4}[Uu]sage: "),
    (
        "unknown ",
        (
            r"(?i)\bunknown (?:flag|option|command|argument|subcommand|shorthand|json field"
            "|revision|host|switch)"
        ),
    ),
    ("Unknown ", "Unknown (?:JSON field|process id|command|argument|task|recipe)"),
    ("llegal option", ""),
    ("nvalid option", ""),
    ("nrecognized option", ""),
    ("o such option", ""),
    ("unrecognized", "unrecognized (?:argument|subcommand|flag)"),
    ("unexpected argument", ""),
    ("not a git repo", ""),
    ("denied", "(?i)(?:permission|access) denied"),
    ("EACCES", ""),
    ("ENOENT", ""),
    ("Cannot find module", ""),
    ("ModuleNotFoundError", ""),
    ("ImportError", ""),
    ("resolve host", "(?i)could not resolve host"),
    ("ECONNREFUSED", ""),
    ("ENOTFOUND", ""),
    ("ETIMEDOUT", ""),
    ("EADDRINUSE", ""),
    (
        "npm error",
        "^npm error (?!Lifecycle|Exit|Test failed|.{0,40}workspace|code ELIFECYCLE|command|path)",
    ),
    ("npm ERR!", "^npm ERR! (?:code E(?!LIFECYCLE)|could not)"),
    ("imed out", r"\b[Tt]imed out\b|deadline exceeded"),
    ("Timeout", "^Timeout "),
    ("HTTP ", r"\bHTTP(?:/\d(?:\.\d)?)? ?(?:error )?[45]\d\d\b"),
    ("parse error near", ""),
    ("ignored by one of", ""),
    ("Traceback (most", ""),
    ("TypeError:", "^(?:Uncaught )?TypeError: "),
    ("ReferenceError:", "^ReferenceError: "),
    ("segmentation fault", ""),
    ("Segmentation fault", ""),
    ("nothing to commit", ""),
    ("no changes added to commit", ""),
    ("Out of memory", ""),
    ("rejected", r"! \[(?:remote )?rejected\]"),
    ("not installed", "is not installed"),
    ("Aborted", "^Aborted"),
    ("cannot open", r"^\S{1,40}: cannot open"),
    ("authenticat", "(?i)not authenticated|authentication (?:failed|required)|gh auth login"),
)
"""Words of a failure that is no verdict; a verdict in the same output outweighs them."""
