"""What package managers and their registries say."""

from homeostat.analyze.extract.table import rules

PACKAGE_RULES = rules(r"""
npm-missing-script | invalid_arguments | missing script | (?:npm (?:error|ERR!) |error )?Missing script:? ['"`]?(?P<id1>[\w:./-]{1,80})
npm-missing-script | invalid_arguments | not found | error: Script not found ['"`](?P<id1>[\w:./-]{1,80})
npm-missing-script | invalid_arguments | err_pnpm_no_script | ERR_PNPM_NO_SCRIPT\S{0,20}\s{1,5}Missing script: (?P<id1>[\w:./-]{1,80})
npm-missing-script | invalid_arguments | command " | (?:error )?Command "(?P<id1>[\w:./-]{1,80})" not found
npm-missing-script | invalid_arguments | couldn't find a script named | Couldn't find a script named "(?P<id1>[^"]{1,80})
pnpm-command | invalid_arguments | err_pnpm_recursive_exec | Command "(?P<id1>[\w:./-]{1,80})" not found
npm-eresolve | dependency | eresolve | ERESOLVE (?P<say>unable to resolve dependency tree|could not resolve)
npm-etarget | dependency | no matching version found for | No matching version found for (?P<id1>@?[^@\s]{1,120})
npm-e404 | dependency | npm error 404&&the requested resource | The requested resource '(?P<id1>@?[^@\s']{1,120})@[^\s']{0,60}' could not be found
npm-e404 | dependency | is not in this registry | '?(?P<id1>@?[^@\s']{1,120})@[^\s']{0,60}'? is not in this registry
npm-e404 | dependency | e404 | 404 Not Found - \w{3,6} https?://[^/\s]{1,100}/(?P<id1>[^\s]{1,120})
npm-e404 | dependency | err_pnpm_fetch_404 | ERR_PNPM_FETCH_404
npm-no-manifest | config_missing | could not read package.json | Could not read package\.json
npm-no-manifest | config_missing | no package.json found | No package\.json (?:found|was found)
npm-no-manifest | config_missing | couldn't find a package.json | Couldn't find a package\.json
npm-no-manifest | config_missing | err_pnpm_no_importer_manifest | ERR_PNPM_NO_IMPORTER_MANIFEST_FOUND
npm-no-manifest | config_missing | err_pnpm_no_pkg_manifest | ERR_PNPM_NO_PKG_MANIFEST
npm-bad-manifest | parse_error | ejsonparse | EJSONPARSE
npm-bad-manifest | parse_error | failed to parse json | (?:npm|package\.json).{0,100}Failed to parse JSON
npm-lock-sync | dependency | can only install packages when | can only install packages when your package\.json and .{1,60} are in sync
npm-lock-missing | config_missing | can only install with an existing package-lock | can only install with an existing package-lock
npm-lock-sync | dependency | err_pnpm_outdated_lockfile | ERR_PNPM_OUTDATED_LOCKFILE
npm-lock-sync | dependency | lockfile had changes, but lockfile is frozen | lockfile had changes, but lockfile is frozen
npm-lock-sync | dependency | lockfile needs to be updated | lockfile needs to be updated
npm-lock-sync | dependency | lockfile would have been modified | lockfile would have been modified
npm-engine | dependency | ebadengine | (?:code )?EBADENGINE
npm-engine | dependency | is incompatible with this module | The engine "(?P<id1>\w{1,30})" is incompatible with this module
npm-platform | dependency | ebadplatform | EBADPLATFORM
npm-engine | dependency | err_pnpm_unsupported_engine | ERR_PNPM_UNSUPPORTED_ENGINE
pnpm-code | - | err_pnpm_ | (?P<kind>ERR_PNPM_(?!RECURSIVE_RUN|META_FETCH)[A-Z_]{3,60})
npm-integrity | dependency | eintegrity | EINTEGRITY
npm-executable | command_not_found | could not determine executable to run | could not determine executable to run
npm-workspace | not_found | no workspaces found | No workspaces found
npm-needs-auth | auth | eneedauth | ENEEDAUTH
npm-needs-auth | auth | e401 | (?:npm (?:error|ERR!) )?code E401
npm-otp | auth | eotp | (?:code )?EOTP
npm-publish-conflict | already_exists | cannot publish over | cannot publish over the previously published
npm-forbidden | permission_denied | e403 | (?:npm (?:error|ERR!) )?code E403
npm-publish-conflict | already_exists | epublishconflict | EPUBLISHCONFLICT
npm-bad-tag | invalid_arguments | einvalidtagname | EINVALIDTAGNAME
npm-bad-name | invalid_arguments | einvalidpackagename | EINVALIDPACKAGENAME
npm-protocol | dependency | eunsupportedprotocol | EUNSUPPORTEDPROTOCOL: ?(?P<say>.{0,60})
npm-protocol | dependency | unsupported url type | Unsupported URL Type "(?P<id1>[^"]{1,30})
npm-permission | permission_denied | npm error code eacces | EACCES
npm-connection | connection | npm error code | code (?P<id1>ECONNREFUSED|ENOTFOUND|ECONNRESET|EAI_AGAIN)
npm-timeout | timeout | npm error code etimedout | ETIMEDOUT
npm-tls | tls | npm error code | code (?P<id1>SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_\w{1,60}|CERT_\w{1,40}|DEPTH_ZERO\w{1,40})
pip-connection | tls | connection broken by 'sslerror | connection broken by 'SSLError
pip-connection | connection | connection broken by ' | connection broken by '(?P<id1>\w{1,60})
pip-no-version | dependency | could not find a version that satisfies | Could not find a version that satisfies the requirement (?P<id1>[A-Za-z0-9_.-]{1,80}?)(?:[=<>!~\[; (]|$)
pip-no-version | dependency | no matching distribution found for | No matching distribution found for (?P<id1>[A-Za-z0-9_.-]{1,80}?)(?:[=<>!~\[; (]|$)
pip-conflict | dependency | resolutionimpossible | ResolutionImpossible
pip-conflict | dependency | have conflicting dependencies | because these package versions have conflicting dependencies
pip-conflict | dependency | cannot install | Cannot install .{1,300} because
pip-conflict | dependency | dependency conflicts | resolver does not currently take into account
pip-requirements | not_found | could not open requirements file | Could not open requirements file
pip-invalid-requirement | syntax | invalid requirement | Invalid requirement
pip-managed | permission_denied | externally-managed-environment | externally-managed-environment
pip-not-installable | config_missing | neither 'setup.py' nor | Neither 'setup\.py' nor 'pyproject\.toml' found
pip-not-installable | config_missing | does not appear to be a python project | does not appear to be a Python project
pip-hashes | dependency | do not match the hashes | DO NOT MATCH THE HASHES
pip-hashes | dependency | hashes are required | Hashes are required in --require-hashes mode
pypi-exists | already_exists | file already exists (' | File already exists \('
npm-gyp | build_error | gyp err! build error | gyp ERR! build error
pip-wheel | build_error | failed building wheel for | Failed building wheel for (?P<id1>[\w.-]{1,80})
pip-build | build_error | could not build wheels for | Could not build wheels for (?P<id1>[\w.-]{1,80})
pip-build | build_error | subprocess-exited-with-error | subprocess-exited-with-error
pip-build | build_error | metadata-generation-failed | metadata-generation-failed
pip-requires-python | dependency | requires a different python | Package '?(?P<id1>[\w.-]{1,80})'? requires a different Python
pip-unsupported-wheel | dependency | is not a supported wheel | is not a supported wheel on this platform
pip-not-installed | dependency | skipping | Skipping (?P<id1>[\w.-]{1,80}) as it is not installed
pip-editable | config_missing | editable mode | editable mode
uv-no-solution | dependency | no solution found when resolving | No solution found when resolving
uv-not-found | dependency | was not found in the package registry | (?P<id1>[\w.-]{1,80}) was not found in the package registry
uv-not-found | dependency | not found in the provided package | (?P<id1>[\w.-]{1,80}) (?:was )?not found in the provided package
uv-no-project | config_missing | no `pyproject.toml` found | No `pyproject\.toml` found
uv-no-project | config_missing | no `project` table found | No `project` table found
uv-no-venv | config_missing | no virtual environment found | No virtual environment found
uv-python | dependency | no interpreter found for | No interpreter found for
uv-lock | dependency | needs to be updated, but | lockfile at .{1,200} needs to be updated
uv-build | build_error | failed to build | (?:\u00d7|x|error:)?\s{0,4}Failed to build `(?P<id1>[\w.-]{1,80})
poetry-no-project | config_missing | could not find a pyproject.toml | Poetry could not find a pyproject\.toml
poetry-solver | dependency | version solving failed | version solving failed
poetry-solver | dependency | so, because | So, because .{1,300} version solving failed
poetry-none | dependency | could not find a matching version of package | Could not find a matching version of package (?P<id1>[\w.-]{1,80})
poetry-lock | dependency | changed significantly since poetry.lock | changed significantly since poetry\.lock
conda-none | dependency | packagesnotfounderror | PackagesNotFoundError
conda-env | not_found | environmentlocationnotfound | EnvironmentLocationNotFound
conda-env | not_found | environmentnamenotfound | EnvironmentNameNotFound
conda-solve | dependency | unsatisfiableerror | UnsatisfiableError
conda-solve | dependency | libmambaunsatisfiableerror | LibMambaUnsatisfiableError
cargo-command | invalid_arguments | no such command | no such (?:sub)?command: `(?P<id1>[^`]{1,60})
cargo-lock | locked | could not acquire build directory lock | could not acquire build directory lock
cargo-lock | locked | blocking waiting for file lock | Blocking waiting for file lock on (?P<say>[\w ]{1,40})
cargo-no-manifest | config_missing | could not find `cargo.toml` | could not find `Cargo\.toml`
cargo-bad-manifest | parse_error | error: && --> cargo.toml: | ^error: (?P<say>.{1,120})
cargo-bad-manifest | parse_error | failed to parse manifest | failed to parse manifest
cargo-no-package | dependency | no matching package | no matching package(?: named)? `(?P<id1>[^`]{1,80})
cargo-version | dependency | failed to select a version for | failed to select a version for (?:the requirement )?`(?P<id1>[\w-]{1,80})
cargo-feature | dependency | does not have the feature | package `?(?P<id1>[\w-]{1,80}).{0,60} does not have the feature `(?P<id2>[^`]{1,60})
cargo-feature | dependency | does not have these features | does not have these features: `(?P<id1>[^`]{1,60})
cargo-no-bin | not_found | no bin target named | no (?P<id1>bin|example|test|bench|library) targets? named
cargo-no-spec | not_found | did not match any packages | package ID specification .{1,100} did not match any packages
cargo-spec | invalid_arguments | use the `--bin` option | could not determine which binary to run
go-no-module | config_missing | go.mod file not found | go\.mod file not found
go-no-module | config_missing | cannot find main module | cannot find main module
go-missing-module | dependency | no required module provides package | no required module provides package (?P<id1>[^\s;:]{1,200})
go-missing-sum | dependency | missing go.sum entry | missing go\.sum entry(?: for module providing package (?P<id1>[^\s;:]{1,200}))?
go-not-std | import_error | is not in std | package (?P<id1>[^\s]{1,200}) is not in (?:std|GOROOT)
go-unknown-revision | dependency | unknown revision | (?:^go: |module |@).{0,200}unknown revision
go-unrecognized-import | dependency | unrecognized import path | unrecognized import path "(?P<id1>[^"]{1,200})
go-no-files | not_found | no go files in | no Go files in
go-checksum | dependency | checksum mismatch | verifying .{1,200}checksum mismatch
go-version | dependency | requires go >= | requires go >=
go-pattern | not_found | matched no packages | matched no packages
gem-none | dependency | could not find a valid gem | Could not find a valid gem '(?P<id1>[^']{1,80})
gem-none | dependency | could not find gem | Could not find gem ['"`](?P<id1>[\w.-]{1,80})
gem-none | dependency | in locally installed gems | Could not find (?P<id1>[a-z][\w-]{1,80}?)-\d.{0,40} in (?:any of the sources|locally installed gems)
bundler-gemfile | config_missing | could not locate gemfile | Could not locate Gemfile
bundler-version | dependency | could not find compatible versions | Bundler could not find compatible versions for gem "(?P<id1>[^"]{1,80})
composer-none | dependency | could not find a matching version of package | Could not find a matching version of package (?P<id1>[\w./-]{1,80})
composer-none | dependency | your requirements could not be resolved | Your requirements could not be resolved
composer-manifest | config_missing | composer could not find a composer.json | Composer could not find a composer\.json
maven-dependency | dependency | could not find artifact | Could not find artifact (?P<id1>[\w.-]{1,100}:[\w.-]{1,100})
maven-dependency | dependency | could not resolve dependencies | Could not resolve dependencies for project
maven-no-pom | config_missing | there is no pom in this directory | there is no POM in this directory
maven-phase | invalid_arguments | unknown lifecycle phase | Unknown lifecycle phase "(?P<id1>[^"]{1,60})
maven-plugin | dependency | no plugin found for prefix | No plugin found for prefix '(?P<id1>[^']{1,60})
gradle-task | invalid_arguments | not found in root project | Task '(?P<id1>[^']{1,80})' not found in
gradle-dependency | dependency | could not resolve | > Could not (?:resolve|find) (?P<id1>[\w.-]{1,100}:[\w.-]{1,100})
gradle-dependency | dependency | > could not find | > Could not find (?P<id1>[\w.-]{1,100}:[\w.-]{1,100})
gradle-no-build | config_missing | does not contain a gradle build | does not contain a Gradle build
gradle-plugin | dependency | was not found in any of the following | Plugin \[id: '(?P<id1>[^']{1,80})
nuget-package | dependency | nu1101 | error (?P<kind>NU1101): Unable to find package (?P<id1>[\w.-]{1,80}?)\.?
dotnet-project | config_missing | msb1003 | (?P<kind>MSB1003)
dotnet-project | config_missing | couldn't find a project to run | Couldn't find a project to run
dotnet-sdk | dependency | compatible .net sdk was not found | compatible \.NET SDK was not found
mix-dependency | dependency | unchecked dependencies | Unchecked dependencies for environment
mix-task | invalid_arguments | the task " | The task "(?P<id1>[^"]{1,60})" could not be found
pub-conflict | dependency | version solving failed | version solving failed
swift-manifest | config_missing | could not find package.swift | Could not find Package\.swift
venv-ensurepip | dependency | ensurepip is not available | ensurepip is not available
nvm-version | dependency | is not yet installed | version ['"`]?.{1,30} is not yet installed
pyenv-version | dependency | is not installed (set by | version .{1,40} is not installed \(set by
asdf-version | config_missing | no version is set for command | No version is set for command (?P<id1>\S{1,40})
corepack | dependency | this project is configured to use | This project is configured to use (?P<id1>\w{1,20})
make-no-file | not_found | : no such file or directory && no rule to make target | ^(?:make(?:\[\d{1,3}\])?|[^\s:]{1,200}:\d{1,6}): [^\s:]{1,200}: No such file or directory$
make-no-target | not_found | no rule to make target | No rule to make target ['`"](?P<id1>[^'`"]{1,120})['`"](?:, needed by ['`"](?P<id2>[^'`"]{1,120}))?
make-no-makefile | config_missing | no targets specified and no makefile | No targets specified and no makefile found
make-separator | syntax | missing separator | \*\*\* missing separator
make-unterminated | syntax | unterminated call to function | unterminated call to function
just-recipe | not_found | does not contain recipe | Justfile does not contain recipe `(?P<id1>[^`]{1,60})
just-missing | config_missing | no justfile found | No justfile found
task-missing | not_found | task: task | task: Task "(?P<id1>[^"]{1,80})" does not exist
worker-entry | config_missing | missing entry-point | Missing entry-point
workspace-filter | not_found | matched the filter | No (?:packages|projects) matched the filter
config-untrusted | permission_denied | not trusted | Config files? (?:in .{1,300} )?(?:are|is) not trusted
manifest-missing | config_missing | could not find~ | [Cc]ould not find (?:an? |the |any )?[`'"]?(?P<id1>(?:turbo|nx|lerna|deno|vercel|wrangler|netlify|firebase|angular|serverless|skaffold|biome|pyproject|compose|docker-compose|Chart|Pulumi)\.(?:jsonc?|toml|ya?ml))\b
manifest-missing | config_missing | couldn't find~ | [Cc]ouldn't find (?:an? |the |any )?[`'"]?(?P<id1>(?:turbo|nx|lerna|deno|vercel|wrangler|netlify|firebase|angular|serverless|skaffold|biome|pyproject|compose|docker-compose|Chart|Pulumi)\.(?:jsonc?|toml|ya?ml))\b
abi-mismatch | dependency | binary incompatibility | may indicate binary incompatibility
abi-mismatch | dependency | module compiled against | module compiled against
config-unreadable | config_missing | config&&no such file | (?P<say>(?:failed|unable|could not|cannot|can't|couldn't) (?:to )?(?:load|read|open|find|locate) (?:the )?(?:\w{1,12} )?config(?:uration)?\b)
environment-needed | config_missing | environment variable | (?:need|must|necessary|required|please|have)(?: to)? set (?:an? |the )?['"`]?(?P<id1>(?-i:[A-Z][A-Z0-9_]{3,60}))['"`]? environment variable
mise-task | not_found | no task | (?:no|unknown) task (?:named )?['"`]?(?P<id1>[\w:.-]{1,60})['"`]? found
turbo-task | not_found | could not find task | [Cc]ould not find task `(?P<id1>[^`]{1,60})
nx-target | not_found | cannot find configuration for task | Cannot find configuration for task (?P<id1>\S{1,100})
cmake-package | dependency | not providing | By not providing "Find(?P<id1>\w{1,80})\.cmake"
cmake-package | dependency | could not find a package configuration file provided by | provided by "(?P<id1>[^"]{1,80})
cmake-package | dependency | could not find | (?-i:Could NOT find) (?P<id1>\w{1,80})
cmake-no-lists | config_missing | does not appear to contain cmakelists | does not appear to contain CMakeLists\.txt
cmake-source | config_missing | does not exist | The source directory .{1,300} does not exist
cmake-syntax | syntax | parse error. && cmake error | Parse error\.\s{1,3}(?P<say>[\w ]{1,40})
cmake-target | build_error | target not found | Target "(?P<id1>[^"]{1,80})" links to
cmake-command | syntax | unknown cmake command | Unknown CMake command "(?P<id1>[^"]{1,80})
cmake-generator | invalid_arguments | could not create named generator | Could not create named generator
cmake-compiler | config_missing | no cmake_ | No (?P<id1>CMAKE_\w{1,40}) could be found
cmake-version | dependency | or higher is required | CMake .{1,20} or higher is required
pkg-config | dependency | was not found in the pkg-config | Package '?(?P<id1>[\w.+-]{1,80})'? was not found in the pkg-config
pkg-config | dependency | no package ' | No package '(?P<id1>[\w.+-]{1,80})' found
ninja-target | not_found | unknown target | unknown target '(?P<id1>[^']{1,100})
ninja-no-build | config_missing | loading 'build.ninja' | loading 'build\.ninja'
bazel-package | not_found | no such package | no such package '(?P<id1>[^']{1,100})
bazel-target | not_found | no such target | no such target '(?P<id1>[^']{1,100})
bazel-workspace | config_missing | the command is only supported from within a workspace | only supported from within a workspace
""")  # noqa: E501  # one rule a row
