"""What shells and small Unix programs say."""

from homeostat.analyze.extract.table import rules

# A command that has no slash was looked for in PATH; with one it is a missing file.
SHELL_RULES = rules(r"""
command-not-found | command_not_found | command not found | command not found: (?P<id1>[^\s:/]{1,80})(?:$|\s|:)
command-not-found | command_not_found | command not found | (?:^|[\s:>])(?P<id1>[^\s:/'"]{1,80}): command not found
command-not-found | command_not_found | not found | (?:^|[ /])(?:ba|z|da|k|a)?sh: (?:line )?\d{1,6}: (?P<id1>[^\s:/]{1,80}): not found
command-not-found | command_not_found | not found | (?:^|[ /])(?:ba|z|da|k|a)?sh: (?P<id1>[^\s:/]{1,80}): not found
command-not-found | command_not_found | not found | zsh:\d{1,6}: (?P<id1>[^\s:/]{1,80}): not found
command-not-found | command_not_found | unknown command | fish: Unknown command:? (?P<id1>[^\s:/]{1,80})
command-not-found | command_not_found | is not recognized as an internal | '(?P<id1>[^'\\/]{1,80})' is not recognized as an internal
command-not-found | command_not_found | is not recognized as the name | '(?P<id1>[^'\\/]{1,80})' is not recognized as (?:the|a) name
command-not-found | command_not_found | executable file not found | exec: \\?"(?P<id1>[^"\\/]{1,80})\\?": executable file not found
command-not-found | command_not_found | executable file not found | \b(?P<id1>[\w.+-]{1,80})\b[^\w]{1,4}executable file not found
command-not-found | command_not_found | no such file or directory | \benv: [\u2018'"]?(?P<id1>[^\s:/\u2019'"]{1,80})[\u2019'"]?: No such file or directory
command-not-found | command_not_found | failed to run command | failed to run command [\u2018'"](?P<id1>[^\s:/\u2019'"]{1,80})
command-not-found | command_not_found | failed to execute | failed to execute (?:command )?[\u2018'"`]?(?P<id1>[^\s:/\u2019'"`]{1,80})[\u2019'"`]?: No such file
command-not-found | command_not_found | failed to spawn | Failed to spawn: [`'"](?P<id1>[^`'"/]{1,80})
command-not-found | command_not_found | enoent | \bspawn (?P<id1>[^\s:/]{1,80}) ENOENT
command-not-found | command_not_found | no such file or directory | \bmake(?:\[\d{1,3}\])?: (?P<id1>[^\s:/.]{1,80}): No such file or directory
command-not-found | command_not_found | : no such file or directory | \b(?:xargs|nohup|nice|setsid|stdbuf|watch): [\u2018'"]?(?P<id1>[^\s:/\u2019'"]{1,80})[\u2019'"]?: No such file or directory
command-not-found | command_not_found | unable to locate executable | unable to locate executable (?:file )?['"`]?(?P<id1>[\w.+-]{1,80})
command-not-found | command_not_found | not found in path | ['"`]?(?P<id1>[\w.+-]{1,80})['"`]?:? (?:was |is )?not found in (?:the )?(?:\$|%|your |system )?PATH
command-not-found | command_not_found | the program ' | The program '(?P<id1>[^'\s/]{1,80})' is (?:currently )?not (?:installed|in your PATH)
command-not-found | command_not_found | but can be installed with | Command '(?P<id1>[^']{1,80})' not found
shell-unmatched-quote | syntax | unexpected eof while looking | unexpected EOF while looking for matching
shell-unexpected-eof | syntax | unexpected end of file | syntax error: unexpected end of file
shell-syntax | syntax | syntax error near unexpected token | syntax error near unexpected token
shell-syntax | syntax | syntax error: | (?:ba|z|da|k|a)?sh: .{0,60}Syntax error: (?P<say>.{1,80})
sed-expression | syntax | sed: | sed: -e expression #\d{1,4}, char \d{1,6}: (?P<say>.{1,80})
sed-expression | syntax | sed: | sed: \d{1,6}: ".{0,200}": (?P<say>.{1,80})
shell-parse-error | syntax | parse error near | parse error near
shell-unmatched | syntax | unmatched | (?:zsh|bash):\d{0,6}:? ?(?P<say>unmatched .{1,10})
shell-pattern | syntax | bad pattern: | zsh:(?:\d{1,6}:)? bad pattern:
shell-identifier | syntax | not a valid identifier | (?P<id1>\w{1,20}): [`'].{1,200}: not a valid identifier
shell-identifier | syntax | not valid in this context | (?:^|:)(?P<id1>\w{1,20}):(?:\d{1,6}:)? not valid in this context
shell-no-matches | not_found | no matches found | no matches found:
shell-bad-substitution | syntax | bad substitution | bad substitution
shell-unbound | config_missing | unbound variable | (?:^|[\s:])(?P<id1>[A-Za-z_]\w{0,80}): unbound variable
shell-parameter | config_missing | parameter not set | (?:^|[\s:])(?P<id1>[A-Za-z_]\w{0,80}): parameter (?:not set|null or not set)
shell-parameter | config_missing | sh: line | (?:ba|z|da|k|a)?sh: line \d{1,6}: (?P<id1>(?-i:[A-Z][A-Z0-9_]{2,60})): (?!command|No such|Permission|readonly|bad )
shell-readonly | permission_denied | read-only variable: | read-only variable: (?P<id1>[A-Za-z_]\w{0,80})
shell-readonly | permission_denied | readonly variable | (?:^|[\s:])(?P<id1>[A-Za-z_]\w{0,80}): readonly variable
shell-builtin | invalid_arguments | : invalid~ | sh: (?:line \d{1,6}: )?(?P<id1>ulimit|printf|trap|kill|umask|shift|return|read|wait|exit): .{1,200}: (?P<say>invalid [\w ]{1,40})$
shell-integer | invalid_arguments | integer expression expected | integer expression expected
shell-operator | syntax | [: missing | \[: missing
shell-operator | syntax | unary operator expected | unary operator expected
shell-operator | syntax | binary operator expected | binary operator expected
shell-too-many | invalid_arguments | too many arguments | (?:^|[\s/:])(?P<id1>[\w.+-]{1,40}):(?:\d{1,6}:)? too many arguments
shell-division | value_error | division by 0 | division by 0
shell-numeric | invalid_arguments | numeric argument required | (?P<id1>[\w.+-]{1,40}): .{0,60}numeric argument required
shell-interpreter | not_found | bad interpreter | bad interpreter: (?P<say>[^:]{0,5})
shell-exec-format | build_error | exec format error | (?:exec|Exec) format error
shell-ulimit | out_of_memory | cannot fork | (?:cannot fork|fork: retry|fork failed)
illegal-option | invalid_arguments | illegal option -- | (?:^|[\s/])(?P<id1>[\w.+-]{1,40}): illegal option -- (?P<id2>\S{1,40})
illegal-option | invalid_arguments | invalid option -- | (?:^|[\s/])(?P<id1>[\w.+-]{1,40}): invalid option -- ['"]?(?P<id2>[^\s'"]{1,40})
illegal-option | invalid_arguments | unrecognized option | (?:^|[\s/])(?P<id1>[\w.+-]{1,40}): unrecognized option ['"`\u2018]?(?P<id2>[^\s'"`=\u2019]{1,60})
illegal-option | invalid_arguments | unknown option | (?:^|[\s/])(?P<id1>[\w.+-]{1,40}): unknown option:? ['"`\u2018]?(?P<id2>[^\s'"`\u2019]{1,60})
unknown-option | invalid_arguments | unknown option | unknown option:? ['"`\u2018]?(?P<id1>-{0,2}[^\s'"`\u2019]{1,60})
unknown-option | invalid_arguments | unknown flag | unknown (?:shorthand )?flag:? ['"`\u2018]?(?P<id1>[^\s'"`\u2019]{1,60})
unknown-option | invalid_arguments | unknown shorthand flag | unknown shorthand flag: '(?P<id1>[^']{1,20})'
unknown-option | invalid_arguments | unrecognized argument: | unrecognized argument: (?P<id1>-{1,2}[^\s=]{1,60})
unknown-option | invalid_arguments | unrecognized arguments | unrecognized arguments: (?P<id1>-{0,2}[^\s=]{1,60})
unknown-option | invalid_arguments | no such option | no such option:? ['"`]?(?P<id1>[^\s'"`]{1,60})
unknown-option | invalid_arguments | unexpected argument | unexpected argument ['"`](?P<id1>[^'"`=]{1,60})['"`](?: found)?
unknown-option | invalid_arguments | flag provided but not defined | flag provided but not defined: (?P<id1>\S{1,60})
unknown-option | invalid_arguments | bad option | bad option: (?P<id1>\S{1,60})
unknown-option | invalid_arguments | unrecognized option | unrecognized option:? ['"`\u2018]?(?P<id1>[^\s'"`\u2019]{1,60})
unknown-option | invalid_arguments | unknown argument | unknown arguments?:? ['"`\u2018]?(?P<id1>-{0,2}[^\s'"`\u2019]{1,60})
unknown-option | invalid_arguments | unrecognized flag | unrecognized flags?:? ['"`\u2018]?(?P<id1>-{0,2}[^\s'"`\u2019]{1,60})
unknown-predicate | invalid_arguments | unknown primary or operator | (?P<id1>-[\w-]{1,40}): unknown primary or operator
unknown-predicate | invalid_arguments | unknown predicate | unknown predicate [`'"\u2018](?P<id1>[^`'"\u2019]{1,60})
unknown-subcommand | invalid_arguments | unrecognized subcommand | unrecognized subcommand ['"`](?P<id1>[^'"`]{1,60})
unknown-subcommand | invalid_arguments | has no command named | (?P<id2>\w{1,40}) has no command named ["'`](?P<id1>[^"'`]{1,60})
unknown-subcommand | invalid_arguments | is not a git command | (?P<id2>git): ['"`](?P<id1>[^'"`]{1,60})['"`] is not a git command
unknown-subcommand | invalid_arguments | is not a docker command | (?P<id2>docker): ['"`](?P<id1>[^'"`]{1,60})['"`] is not a docker command
unknown-subcommand | invalid_arguments | unknown command | unknown command:? ['"`]?(?P<id1>[\w:.+-]{1,60})['"`]?(?: for ['"`]?(?P<id2>[\w .-]{1,60}))?
unknown-subcommand | invalid_arguments | unknown subcommand | unknown subcommand:? ['"`]?(?P<id1>[\w:.+-]{1,60})
unknown-subcommand | invalid_arguments | no such command | no such (?:sub)?command:? ['"`]?(?P<id1>[\w:.+-]{1,60})
invalid-value | invalid_arguments | invalid choice | argument (?P<id1>-[\w/, -]{1,60}): invalid choice:
unknown-subcommand | invalid_arguments | invalid choice | (?:argument (?P<id1>[\w/, -]{1,60}): )?invalid choice: ['"`]?(?P<id2>[\w:.+-]{1,60})
missing-option | invalid_arguments | arguments are required | the following (?:required )?arguments (?:are required|were not provided):? ?(?P<id1>[^\s,]{0,60})
missing-option | invalid_arguments | were not provided | the following required arguments were not provided(?P<say>.{0,40})
missing-option | invalid_arguments | required flag | required flag\(s\) (?P<id1>.{1,100}) not set
missing-option | invalid_arguments | missing option | Missing option ['"`]?(?P<id1>--?[\w-]{1,60})
missing-option | invalid_arguments | missing argument | Missing argument ['"`]?(?P<id1>[\w.-]{1,60})
missing-option | invalid_arguments | requires an argument | option ['"`]?(?P<id1>-{0,2}[\w-]{1,60})['"`]? requires an argument
missing-option | invalid_arguments | requires an argument | requires an argument -- '?(?P<id1>[\w-]{1,20})
missing-option | invalid_arguments | expected one argument | argument (?P<id1>[\w/, -]{1,60}): expected one argument
missing-operand | invalid_arguments | missing operand | (?:^|[\s/])(?P<id1>[\w.+-]{1,40}): missing (?:file |destination file )?operand
invalid-value | invalid_arguments | invalid value for | invalid value for ['"`]?(?P<id1>-{0,2}[\w-]{1,60})
invalid-value | invalid_arguments | invalid value | invalid value ['"`][^'"`]{0,100}['"`] for ['"`](?P<id1>-{0,2}[^\s'"`=]{1,60})
invalid-value | invalid_arguments | invalid argument | invalid argument "[^"]{0,100}" for "(?P<id1>[^"]{1,60})" flag
invalid-value | invalid_arguments | invalid | argument (?P<id1>[\w/, -]{1,60}): invalid (?P<id2>\w{1,40}) value
mutually-exclusive | invalid_arguments | not allowed with argument | argument (?P<id1>[\w/, -]{1,60}): not allowed with argument (?P<id2>[\w/, -]{1,60})
cannot-be-used-with | invalid_arguments | cannot be used with | argument ['"`](?P<id1>[^'"`]{1,60})['"`] cannot be used with ['"`](?P<id2>[^'"`]{1,60})
no-display | config_missing | display | (?:connect to|cannot open|can't open|no) display\b
file-watchers | quota | file watchers | number of file watchers
apt-resolve | connection | temporary failure resolving | Temporary failure resolving
glibc | dependency | ' not found (required by | version [`'](?P<id1>[\w.]{1,40})' not found
tmux-no-session | not_found | can't find~ | ^can't find (?P<id1>session|pane|window):
tmux-no-session | not_found | no sessions | ^no sessions$
tmux-duplicate | already_exists | duplicate session: | duplicate session:
tmux-no-server | connection | no server running on | no server running on
archive-not-gzip | parse_error | not in gzip format | gzip: stdin: not in gzip format
gzip-format | parse_error | not in gzip format | not in gzip format
archive-broken | parse_error | does not look like a tar archive | does not look like a tar archive
archive-broken | parse_error | unexpected eof in archive | Unexpected EOF in archive
archive-member | not_found | not found in archive | Not found in archive
zip-broken | parse_error | end-of-central-directory | End-of-central-directory signature not found
zip-missing | not_found | cannot find or open | (?:unzip|zip).{0,20}cannot find or open
jq-type | type_error | jq: error | jq: error .{0,60}: (?P<say>Cannot .{1,80})
jq-type | type_error | jq: error && cannot be | jq: error .{0,60}: (?P<id1>\w{1,10}) .{0,200} and (?P<id2>\w{1,10}) .{0,200} (?P<id3>cannot be [\w ]{1,20})
jq-syntax | syntax | jq: error | jq: error: (?P<say>syntax error, unexpected [\w$'"]{1,40})
jq-undefined | syntax | jq: error | jq: error: (?P<id1>\S{1,60}) is not defined
jq-parse | parse_error | parse error: | (?:^|jq: )parse error(?:\s?\([^)]{0,40}\))?: Invalid (?:numeric )?literal
jq-parse | parse_error | parse error: | (?:^|jq: )parse error(?:\s?\([^)]{0,40}\))?: (?P<say>.{1,120})
awk-syntax | syntax | awk: | awk: .{0,60}(?:syntax error|missing . near|unterminated|unexpected)
grep-pattern | syntax | grep: | grep: (?P<say>(?:unmatched|invalid|unknown|repetition|trailing).{1,80})
rg-pattern | syntax | regex parse error | regex parse error
rg-type | invalid_arguments | unrecognized file type | unrecognized file type: (?P<id1>\S{1,40})
find-paths | invalid_arguments | paths must precede expression | paths must precede expression
kill-none | not_found | no such process | No such process
systemd-unit | not_found | could not be found | Unit (?P<id1>[\w@.:-]{1,80}) could not be found
systemd-unit | not_found | not found | Unit (?P<id1>[\w@.:-]{1,80}) (?:not found|not loaded|does not exist)
systemd-unit-failed | server_crashed | job for | Job for (?P<id1>[\w@.:-]{1,80}) failed
systemd-bus | connection | failed to connect to bus | Failed to connect to (?:system scope )?bus
systemd-pid1 | connection | has not been booted with systemd | not been booted with systemd
sudo-password | auth | a password is required | sudo: a (?:terminal is required|password is required)
sudo-password | auth | a terminal is required | sudo: a (?:terminal is required|password is required)
sudo-sudoers | permission_denied | not in the sudoers | is not in the sudoers file
sudo-user | not_found | unknown user | (?:sudo|chown|su).{0,20}unknown user
user-invalid | not_found | invalid user | (?:^|[\s/])(?P<id1>[\w.+-]{1,40}): invalid (?:user|group)(?![a-z])
invalid-value | invalid_arguments | : invalid~ | ^(?P<id1>[\w.+-]{1,40}): invalid (?P<id2>(?!option|user|group)[a-z][\w ]{1,40}?):? [\u2018'"`][^\u2019'"`]{0,200}[\u2019'"`]$
user-none | not_found | no such user | no such user
apt-package | dependency | unable to locate package | Unable to locate package (?P<id1>\S{1,80})
apt-package | dependency | has no installation candidate | Package '?(?P<id1>[\w.+-]{1,80})'? has no installation candidate
apt-lock | locked | could not get lock | Could not get lock
apt-unmet | dependency | unmet dependencies | (?:have|has) unmet dependencies
apk-package | dependency | no such package | (?P<id1>[\w.+-]{1,80}) \(no such package\)
yum-package | dependency | unable to find a match: | Unable to find a match: (?P<id1>\S{1,80})
yum-package | dependency | nothing provides | nothing provides (?P<id1>[\w.+-]{1,60}?)(?:\.\d|[ (]|$)
pacman-package | dependency | target not found: | error: target not found: (?P<id1>\S{1,80})
yum-package | dependency | no match for argument | No match for argument: (?P<id1>\S{1,80})
yum-package | dependency | no package | No package (?P<id1>\S{1,80}) available
brew-formula | dependency | no available formula | No available formula with the name "(?P<id1>[^"]{1,80})
dpkg-lock | locked | dpkg frontend lock | dpkg frontend lock
crontab-none | not_found | no crontab for | no crontab for
bc-error | syntax | (standard_in) | \(standard_in\) \d{1,6}: (?P<say>.{1,60})
ffmpeg-input | parse_error | invalid data found when processing | Invalid data found when processing input
convert-none | not_found | unable to open image | unable to open image
omitting-directory | invalid_arguments | omitting directory | (?:^|[\s/])(?P<id1>\w{1,20}): .{0,60}omitting directory
java-jar | not_found | unable to access jarfile | Unable to access jarfile
dd-operand | invalid_arguments | dd: | dd: (?P<say>(?:unrecognized operand|invalid number).{0,20})
""")  # noqa: E501  # one rule a row
