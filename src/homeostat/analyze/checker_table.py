"""The known checkers: which programs, subcommands and scripts exist to say yes or no."""

import re
from collections.abc import Mapping
from enum import StrEnum


class Family(StrEnum):
    """What a checker looks at, which tells how its refusal reads."""

    TEST = "test"
    LINT = "lint"
    TYPES = "types"
    BUILD = "build"
    VALIDATE = "validate"
    AUDIT = "audit"
    HOOKS = "hooks"
    """An action that runs checks first: `git commit`, `git push`."""
    CI = "ci"
    SCRIPT = "script"
    """A script file that is named for a check: only a verdict in its output proves one."""
    SEARCH = "search"
    COMPARE = "compare"
    CONDITION = "condition"
    PROBE = "probe"
    """Asks whether something is there."""
    LOOKUP = "lookup"
    """Asks for something that may have no answer: a setting, a pull request, a version."""


ON_THE_WORK = frozenset({Family.TEST, Family.LINT, Family.TYPES, Family.BUILD, Family.SCRIPT})
"""Families that judge the work; their outcome says how a run stands."""

_T, _L, _B, _V, _A = Family.TEST, Family.LINT, Family.BUILD, Family.VALIDATE, Family.AUDIT
_Y, _P, _K = Family.TYPES, Family.PROBE, Family.LOOKUP

NAMES: Mapping[Family, str] = {
    Family.TEST: (
        "pytest py.test unittest nosetests nose2 behave jest vitest mocha ava jasmine karma "
        "cypress wdio tap c8 nyc qunit rspec minitest cucumber phpunit pest paratest ctest "
        "gotestsum richgo ginkgo nextest tox nox busted bats prove trial stestr testem detox "
        "maestro newman k6 robot hurl runtests coverage"
    ),
    Family.LINT: (
        "eslint biome oxlint xo standard tslint stylelint jshint prettier dprint ruff flake8 "
        "pylint pycodestyle pydocstyle pyflakes black isort yapf autopep8 blue vulture "
        "codespell bandit semgrep golangci-lint staticcheck golint revive gofmt gofumpt "
        "goimports rustfmt clippy-driver rubocop standardrb reek brakeman phpcs php-cs-fixer "
        "pint phpmd shellcheck shfmt hadolint markdownlint markdownlint-cli2 vale yamllint "
        "ansible-lint checkstyle ktlint detekt spotless scalafmt scalafix swiftlint "
        "swiftformat clang-tidy clang-format cpplint cppcheck credo sqlfluff tflint tfsec "
        "checkov actionlint zizmor commitlint lint-staged knip depcheck madge ls-lint "
        "editorconfig-checker proselint typos buildifier hlint ormolu fourmolu luacheck "
        "stylua textlint cspell alex remark djlint deptry lint-imports import-linter "
        "interrogate pre-commit prek lefthook husky trunk mega-linter-runner"
    ),
    Family.TYPES: (
        "tsc vue-tsc tsgo mypy pyright basedpyright pyre pytype ty pyrefly flow svelte-check "
        "phpstan psalm phan sorbet srb steep attw publint"
    ),
    Family.BUILD: (
        "gcc g++ cc c++ clang clang++ rustc javac kotlinc scalac ghc ninja cmake esbuild "
        "rollup webpack rspack parcel tsup tsdown swc xcodebuild ninja-build meson scons sbt "
        "mill ant msbuild csc fsc dmd nim nvcc elm latexmk pdflatex xelatex wasm-pack emcc "
        "gnatmake"
    ),
    Family.VALIDATE: (
        "jsonlint xmllint check-jsonschema ajv yq-validate kubeval kubeconform kubelinter "
        "kube-score conftest opa cfn-lint cfn-guard redocly spectral vacuum swagger-cli "
        "promtool protolint json_pp py_compile compileall json.tool validate-pyproject "
        "twine-check taplo visudo desktop-file-validate lychee linkchecker htmltest "
        "html-validate tidy"
    ),
    Family.AUDIT: (
        "pip-audit safety govulncheck trivy grype osv-scanner gitleaks trufflehog "
        "detect-secrets bundler-audit bundle-audit retire auditjs nancy license-checker "
        "pip-licenses licensee cargo-audit cargo-deny"
    ),
    Family.SEARCH: (
        "grep egrep fgrep zgrep rg ripgrep ag ack ugrep findstr Select-String pcregrep"
    ),
    Family.COMPARE: ("diff cmp colordiff sdiff zdiff git-diff dyff"),
    Family.CONDITION: ("test [ [[ false expr"),
    Family.PROBE: (
        "which type hash whereis pgrep pidof pg_isready lsof fuser getent mountpoint "
        "has-session tty"
    ),
}
"""Programs that are checks whatever they are asked."""

BY_SUBCOMMAND: Mapping[str, tuple[tuple[Family, str], ...]] = {
    "go": ((_T, "test"), (_L, "vet"), (_L, "fmt"), (_B, "build|install"), (_V, "mod verify")),
    "cargo": (
        (_T, "t|test|nextest|bench|llvm-cov|miri|tarpaulin"),
        (_L, "clippy|fmt|machete|udeps"),
        (_B, "b|build|c|check|rustc|doc"),
        (_A, "audit|deny|vet|outdated"),
    ),
    "git": (
        (Family.COMPARE, "diff"),
        (Family.SEARCH, "grep"),
        (Family.HOOKS, "commit|push|hook"),
        (_P, "show-ref|check-ignore|check-ref-format|symbolic-ref"),
        (_K, "config|ls-remote|merge-base|check-attr"),
        (_V, "fsck|verify-commit"),
    ),
    "gh": (
        (Family.CI, "pr checks|run watch|run view"),
        (_K, "(?:pr|issue|release) (?:view|status)"),
    ),
    "glab": ((Family.CI, "ci status|ci get"), (_K, "mr view")),
    "npm": ((_T, "t|tst|test|it|cit"), (_A, "audit"), (_K, "view|info|show|v|ls|list|outdated")),
    "pnpm": ((_T, "t|test"), (_A, "audit"), (_K, "view|info|why|ls|list|outdated")),
    "yarn": ((_T, "test"), (_A, "audit|npm audit"), (_K, "info|why|list|outdated")),
    "bun": ((_T, "test"), (_B, "build"), (_A, "audit"), (_K, "outdated")),
    "deno": ((_T, "test"), (_L, "lint|fmt"), (_Y, "check"), (_B, "compile")),
    "vite": ((_B, "build"),),
    "next": ((_B, "build"), (_L, "lint")),
    "nuxt": ((_B, "build"), (_Y, "typecheck")),
    "astro": ((_Y, "check"), (_B, "build")),
    "ng": ((_T, "test|e2e"), (_B, "build"), (_L, "lint")),
    "playwright": ((_T, "test"),),
    "react-scripts": ((_T, "test"), (_B, "build")),
    "nx": ((_T, "test|e2e"), (_L, "lint"), (_B, "build")),
    "mvn": (
        (_T, "test|verify|surefire.*|failsafe.*"),
        (_L, "checkstyle.*|spotless.*"),
        (_B, "compile|package|install|.*"),
    ),
    "gradle": (
        (_T, ".*[tT]est|check"),
        (_L, ".*[lL]int.*|spotless.*|detekt.*|ktlint.*"),
        (_B, ".*"),
    ),
    "dotnet": ((_T, "test|vstest"), (_L, "format"), (_B, "build|publish|pack|msbuild")),
    "swift": ((_T, "test"), (_B, "build")),
    "zig": ((_T, "test|build test"), (_B, "build.*"), (_L, "fmt|ast-check")),
    "mix": ((_T, "test"), (_L, "format|credo"), (_B, "compile"), (_Y, "dialyzer")),
    "rebar3": ((_T, "eunit|ct|proper"), (_B, "compile"), (_Y, "dialyzer")),
    "flutter": ((_T, "test|drive"), (_L, "analyze"), (_B, "build")),
    "dart": ((_T, "test"), (_L, "analyze|format"), (_B, "compile")),
    "stack": ((_T, "test"), (_B, "build")),
    "cabal": ((_T, "test"), (_B, "build")),
    "bazel": ((_T, "test|coverage"), (_B, "build")),
    "buck2": ((_T, "test"), (_B, "build")),
    "pants": ((_T, "test"), (_L, "lint|check|fmt")),
    "rails": ((_T, "test.*|spec"),),
    "rake": ((_T, "test.*|spec.*|default"), (_L, "rubocop|lint.*")),
    "artisan": ((_T, "test"),),
    "php": ((_T, "artisan test|.*phpunit"),),
    "sui": ((_T, "move test"), (_B, "move build")),
    "forge": ((_T, "test"), (_B, "build"), (_L, "fmt")),
    "hardhat": ((_T, "test"), (_B, "compile")),
    "anchor": ((_T, "test"), (_B, "build")),
    "terraform": ((_V, "validate|plan"), (_L, "fmt"), (_T, "test")),
    "terragrunt": ((_V, "validate"), (_L, "hclfmt")),
    "helm": ((_L, "lint"), (_V, "template")),
    "kustomize": ((_B, "build"),),
    "buf": ((_L, "lint|format"), (_V, "breaking"), (_B, "build")),
    "docker": (
        (_B, "build|buildx build"),
        (_V, "compose config"),
        (_P, "inspect|image inspect|container inspect"),
    ),
    "docker-compose": ((_V, "config"),),
    "packer": ((_V, "validate"), (_L, "fmt")),
    "apachectl": ((_V, "configtest"),),
    "systemd-analyze": ((_V, "verify"),),
    "systemctl": ((_P, "is-active|is-enabled|is-failed|status"),),
    "service": ((_P, r"\S+ status"),),
    "tmux": ((_P, "has-session|has"),),
    "screen": ((_P, "-ls"),),
    "pip": ((_V, "check"), (_K, "show|index versions")),
    "uv": ((_V, "lock|pip check"), (_K, "pip show")),
    "poetry": ((_V, "check"), (_K, "show")),
    "twine": ((_V, "check"),),
    "composer": ((_V, "validate"), (_A, "audit"), (_T, "test"), (_K, "show|why")),
    "bundle": ((_V, "check"), (_A, "audit"), (_K, "info|show")),
    "brew": ((_A, "audit|doctor"), (_K, "list|ls")),
    "dpkg": ((_K, ".*"),),
    "rpm": ((_K, ".*"),),
    "apt-cache": ((_K, ".*"),),
    "pod": ((_L, "lib lint|spec lint"),),
    "fastlane": ((_T, "test|scan"), (_B, "gym|build.*")),
    "manage.py": ((_T, "test"), (_V, "check|makemigrations.*|validate")),
    "django-admin": ((_T, "test"), (_V, "check")),
    "snyk": ((_A, "test"), (_A, "code test")),
    "dbt": ((_T, "test|build"), (_B, "compile|parse|run")),
    "alembic": ((_V, "check"),),
    "prisma": ((_V, "validate"), (_L, "format")),
    "changeset": ((_V, "status"),),
    "openssl": ((_V, "verify"),),
    "cosign": ((_V, "verify.*"),),
    "mdbook": ((_B, "build"), (_T, "test")),
    "mkdocs": ((_B, "build"),),
    "zensical": ((_B, "build"),),
    "sphinx-build": ((_B, ".*"),),
    "hugo": ((_B, ".*"),),
    "jekyll": ((_B, "build"),),
    "nix": ((_B, "build"), (_T, "flake check")),
    "command": ((_P, ".*"),),
}
"""Programs that are checks by what they are asked: an expression over their first words."""

RUNNERS = frozenset(
    [
        *("npm", "pnpm", "yarn", "bun", "deno", "make", "just", "task", "mise", "rake", "composer"),
        *("poe", "pdm", "hatch", "invoke", "inv", "turbo", "nx", "lerna", "wsrun", "moon", "grunt"),
        *("gulp", "mage", "earthly", "dagger", "doit", "thor", "lage", "npm-run-all", "run-s"),
        *("run-p", "concurrently", "mask", "maid", "nps", "wireit", "bit", "rush", "rushx", "tusk"),
    ]
)
"""Programs that run a named script of the project; the name says what it checks."""


def _named(words: str) -> re.Pattern[str]:
    """Scripts whose name has one of the words as a part: `test:unit`, `scripts/run-tests.js`."""
    return re.compile(rf"(?:^|[:_./\-])(?:{words})(?:$|[:_.\-])")


SCRIPTS: tuple[tuple[Family, re.Pattern[str]], ...] = (
    (_T, _named(r"run-?tests?|(?:tests?|specs?|e2e|unit|integration|smoke|testing)\d{0,2}")),
    (_L, _named(r"lint\w{0,6}|(?:fmt|format)[:\-]check|check[:\-](?:format|fmt|style)|style")),
    (_L, _named(r"eslint|prettier|clippy|ruff|vet|analy[sz]e")),
    (_Y, _named(r"type-?check|check-?types?|types?|tsc|mypy|typing")),
    (_B, _named(r"build|compile|bundle|dist")),
    (_A, _named(r"audit|security|vuln\w{0,12}")),
    (_V, _named(r"check\w{0,9}|validat\w{1,6}|verif\w{1,6}|ci|pre-?commit|doctor|preflight|qa")),
)
INTERPRETERS = frozenset(
    [
        *("node", "bun", "deno", "python", "python3", "ruby", "perl", "php", "bash", "sh", "zsh"),
        *("tsx", "ts-node", "pwsh", "go"),
    ]
)
ALIASES = {
    "mvnw": "mvn",
    "gradlew": "gradle",
    "gmake": "make",
    "pip3": "pip",
    "bundler": "bundle",
    "tofu": "terraform",
    "bazelisk": "bazel",
}
VALUE_FLAGS: Mapping[str, tuple[str, ...]] = {
    "git": ("-C", "-c", "--git-dir", "--work-tree"),
    "gh": ("-R", "--repo"),
    "make": ("-C", "-f", "-j", "-I"),
    "npm": ("--prefix", "-w", "--workspace", "-C"),
    "pnpm": ("-C", "--dir", "--filter", "-F"),
    "yarn": ("--cwd",),
    "bun": ("--filter", "-F", "--cwd"),
    "go": ("-C",),
    "cargo": ("--manifest-path", "-Z"),
    "mvn": ("-f", "-pl", "-P"),
    "gradle": ("-p", "-b"),
    "just": ("-f", "-d"),
    "task": ("-t", "-d"),
    "mise": ("-C", "-E"),
    "docker": ("--context", "-H"),
    "tmux": ("-L", "-S"),
    "turbo": ("--filter", "-F"),
    "nx": ("-t", "--target"),
    "poetry": ("-C", "-P"),
    "uv": ("--project", "--directory"),
    "deno": ("--config",),
}
"""Flags that take the next word, by program."""

ONLY_WITH: Mapping[str, tuple[str, ...]] = {
    "prettier": ("--check", "-c", "--list-different", "-l"),
    "black": ("--check", "--diff"),
    "isort": ("--check", "--check-only", "-c", "--diff"),
    "yapf": ("--diff", "-d"),
    "autopep8": ("--diff", "--exit-code"),
    "gofmt": ("-l", "-d"),
    "gofumpt": ("-l", "-d"),
    "goimports": ("-l", "-d"),
    "rustfmt": ("--check",),
    "shfmt": ("-d", "-l"),
    "clang-format": ("--dry-run", "-n", "-Werror"),
    "scalafmt": ("--test", "--check"),
    "php-cs-fixer": ("--dry-run",),
    "pint": ("--test",),
    "dprint": ("check",),
    "stylua": ("--check",),
    "swiftformat": ("--lint",),
    "buildifier": ("-mode=check", "--mode=check", "-lint=warn"),
    "coverage": ("run", "report"),
    "cmake": ("--build",),
    "taplo": ("lint", "check", "--check"),
}
"""Programs that change files, or only tell, unless one of these words asks them to check."""

BY_FLAG: Mapping[str, tuple[Family, tuple[str, ...]]] = {
    "node": (_T, ("--test",)),
    "php": (_V, ("-l", "--syntax-check")),
    "nginx": (_V, ("-t", "-T")),
    "haproxy": (_V, ("-c",)),
    "sshd": (_V, ("-t",)),
    "jq": (_V, ("-e", "--exit-status", "empty", ".")),
    "yq": (_V, ("-e", "--exit-status")),
    "kubectl": (_V, ("diff", "--dry-run=client", "wait")),
    "ansible-playbook": (_V, ("--syntax-check", "--check")),
    "bash": (_V, ("-n",)),
    "sh": (_V, ("-n",)),
    "ruby": (_V, ("-c", "-wc")),
    "perl": (_V, ("-c", "-wc")),
    "gpg": (_V, ("--verify",)),
    "ps": (_P, ("-p",)),
    "kill": (_P, ("-0",)),
    "nc": (_P, ("-z", "-zv", "-vz")),
    "launchctl": (_P, ("list", "print")),
    "security": (_K, ("find-generic-password", "find-internet-password")),
    "sha256sum": (Family.COMPARE, ("-c", "--check")),
    "md5sum": (Family.COMPARE, ("-c",)),
    "shasum": (Family.COMPARE, ("-c", "--check")),
}
"""Programs that are checks when one of these words is among the first they are given."""
