"""What agents' own clients answer when they refuse, stop or cut a call."""

from homeostat.analyze.extract.table import rules

# name | class | literal in lower case (~ is a blank at an end) | pattern
CLIENT_RULES = rules(r"""
user-rejected | user_rejected | doesn't want to proceed | The user doesn't want to proceed with this tool use
user-rejected | user_rejected | doesn't want to take this action | The user doesn't want to take this action right now
user-interrupted | user_rejected | request interrupted by user | \[Request interrupted by user
user-rejected | user_rejected | user rejected | (?:^|: )(?:the )?user rejected (?:permission|the|this|tool)
user-rejected | user_rejected | rejected by | (?:call|command|tool|use|patch|edit|permission|request|approval)\b.{0,40} rejected by (?:the )?user
user-rejected | user_rejected | denied by | (?:call|command|tool|use|patch|edit|permission|request|approval)\b.{0,40} denied by (?:the )?user
user-rejected | user_rejected | the user denied | ^(?:Error: )?The user denied
user-rejected | user_rejected | user declined | \buser declined\b
user-rejected | user_rejected | user dismissed | \buser dismissed\b
user-rejected | user_rejected | cancelled by | (?:operation|call|execution|tool)\b.{0,30} cancell?ed by (?:the )?user
user-rejected | user_rejected | user did not approve | user did not approve
user-interrupted | user_rejected | aborted by user | \baborted by user\b
user-cancelled | user_rejected | user cancelled | \buser cancelled\b
user-cancelled | user_rejected | user canceled | \buser canceled\b
sibling-errored | cancelled | sibling tool call errored | Sibling tool call errored
sibling-errored | cancelled | parallel tool call | Cancelled: parallel tool call
tool-aborted | cancelled | execution aborted | Tool execution aborted
tool-aborted | cancelled | was aborted | ^(?:Error: |AbortError: )?(?:The |This )?(?:operation|tool call|command|request|user) was aborted
request-aborted | cancelled | request was aborted | Request was aborted
context-cancelled | cancelled | context canceled | \bcontext canceled\b
permission-rule | permission_denied | permission to use | Permission to use (?P<id1>[\w-]{1,80}).{0,400} (?:has been|was) (?:auto-)?denied
permission-not-granted | permission_denied | requested permissions to | requested permissions to (?P<say>\w{1,20}).{0,300} (?:haven't|have not|hasn't) (?:been )?granted
permission-approval | permission_denied | requires approval | ^(?:Error: )?(?:This|The) (?:Bash )?(?:command|tool|operation)\b.{0,100} requires approval
permission-rule | permission_denied | specified a rule which prevents | specified a rule which prevents you from using this specific tool
permission-settings | permission_denied | denied by your permission settings | is in a directory that is denied by your permission settings
outside-working-directory | permission_denied | was blocked. for security | (?P<id1>\w{1,20}) (?:in|to|from) .{0,300} was blocked\. For security
outside-working-directory | permission_denied | outside of the allowed | outside (?:of )?the allowed (?:working )?director
outside-working-directory | permission_denied | access denied - path outside | Access denied - path outside allowed directories
outside-working-directory | permission_denied | must be within | (?:path|file|directory).{0,200} must be within (?:one of )?the (?:workspace|root|project|allowed)
outside-working-directory | permission_denied | not in the project | (?:path|file|directory).{0,200} is not in the project
command-blocked | permission_denied | blocked: | ^(?:Error: )?Blocked: (?P<id1>[\w.-]{1,40})\b.{0,200} followed by:
approval-rejected | permission_denied | rejected by approver | rejected by approver
hook-blocked | permission_denied | hook~ | ^(?:Error: )?Hook .{1,80} (?:denied|blocked|rejected|stopped) this
hook-blocked | permission_denied | hook | ^(?:Error: )?(?:PreToolUse|PostToolUse|UserPromptSubmit|Stop)?:?\w{0,20} ?hook (?:blocked|denied|error|rejected|stopped)(?P<say>.{0,200})
sandbox-denied | permission_denied | sandbox | (?:failed in|denied by|blocked by|not allowed (?:in|by)|rejected by) (?:the )?sandbox
sandbox-denied | permission_denied | sandbox: | sandbox: .{0,80}deny
sandbox-denied | permission_denied | seatbelt | seatbelt
approval-policy | permission_denied | approval policy | approval policy
edit-no-match | edit_mismatch | string to replace not found | String to replace not found in file
edit-oldstring | edit_mismatch | oldstring not found | oldString not found in content
edit-oldstring | edit_mismatch | could not find oldstring | Could not find oldString in the file
edit-verbatim | edit_mismatch | did not appear verbatim | No replacement was performed.{0,300} did not appear verbatim
edit-string-to-replace | edit_mismatch | 0 occurrences found | Failed to edit, 0 occurrences found
edit-string-to-replace | edit_mismatch | could not find the string to replace | could not find the string to replace
edit-search-block | edit_mismatch | search block | SEARCH ?(?:/REPLACE )?block.{0,60}(?:failed to|does not|did not|not).{0,30}match
edit-search-block | edit_mismatch | does not match anything in the file | does not match anything in the file
edit-old-string | edit_mismatch | old_string not found | old_string not found
edit-old-string | edit_mismatch | old_str | (?:no match|not found).{0,40}old_str|old_str\w{0,4}.{0,60}(?:not found|no match)
edit-ambiguous | edit_mismatch | matches of the string to replace | Found \d{1,7} matches of the string to replace
edit-oldstring-ambiguous | edit_mismatch | multiple matches for oldstring | Found multiple matches for oldString
edit-oldstring-ambiguous | edit_mismatch | oldstring found multiple times | oldString found multiple times
edit-old-string-ambiguous | edit_mismatch | multiple matches found for old_str | Multiple matches found for old_str
edit-old-string-ambiguous | edit_mismatch | multiple occurrences of old_str | Multiple occurrences of old_str
edit-occurrences | edit_mismatch | occurrence | Failed to edit, expected \d{1,6} occurrences? but found
edit-not-read | edit_mismatch | has not been read yet | File has not been read yet
edit-must-read | edit_mismatch | must read | You must (?:first )?read (?:the )?file.{0,300}(?:before|first)
edit-not-read | edit_mismatch | must use the read tool | must use the Read tool
edit-stale | edit_mismatch | unexpectedly modified | File has been unexpectedly modified
edit-stale | edit_mismatch | modified since read | modified since read
edit-modified-since | edit_mismatch | modified since | (?:File|file).{0,300} (?:has been|was) modified since
edit-noop | invalid_arguments | no changes to make | No changes to make
edit-noop | invalid_arguments | are exactly the same | old_?str(?:ing)? and new_?str(?:ing)? are exactly the same
edit-noop | invalid_arguments | oldstring and newstring must be different | oldString and newString must be different
edit-noop | invalid_arguments | identical | (?:old|new)_?str(?:ing)? .{0,40}identical
patch-no-lines | edit_mismatch | failed to find expected lines | Failed to find expected lines in
patch-no-context | edit_mismatch | failed to find context | Failed to find context
patch-no-file | not_found | apply_patch verification failed&&no such file | apply_patch verification failed: Failed to read (?:file to (?:update|delete)|\S{1,300}).{0,400}No such file
patch-unread | - | apply_patch verification failed | apply_patch verification failed: Failed to read (?:file to (?:update|delete)|\S{1,300})
patch-invalid | edit_mismatch | apply_patch verification failed | apply_patch verification failed: (?P<say>.{1,100})
patch-invalid | edit_mismatch | invalid patch | (?P<say>invalid patch[^/]{0,80})
patch-hunk | edit_mismatch | hunk | Hunk #\d{1,5} FAILED
git-am-conflict | git_conflict | patch failed at~ | Patch failed at \d{4,5}
patch-no-apply | edit_mismatch | patch does not apply | (?:error: )?patch failed|patch does not apply
patch-corrupt | edit_mismatch | no valid patches in input | No valid patches in input
patch-corrupt | edit_mismatch | corrupt patch | corrupt patch at line
notebook-cell | edit_mismatch | cell | Cell with (?:ID|index) .{0,80} not found
input-validation | invalid_arguments | inputvalidationerror | InputValidationError: (?P<id1>[\w-]{1,80}) failed due to
input-validation | invalid_arguments | was called with invalid arguments | The (?P<id1>[\w-]{1,80}) tool was called with invalid arguments
input-validation | invalid_arguments | params must | (?P<say>params must .{1,80})
input-validation | invalid_arguments | missing required parameter | missing required parameters?:? ['"`]?(?P<id1>[\w.-]{1,80})
input-validation | invalid_arguments | without value for required parameter | without value for required parameter ['"`]?(?P<id1>[\w.-]{1,80})
input-validation | invalid_arguments | failed to parse function arguments | failed to parse function arguments: (?P<say>.{1,60})
fetch-refused | permission_denied | robots.txt && not allowed | robots\.txt.{0,300} not allowed
fetch-refused | permission_denied | safe to fetch | Unable to verify if domain .{1,200} is safe to fetch
fetch-refused | permission_denied | is unable to fetch from | ^Claude Code is unable to fetch from
file-too-large | context_overflow | exceeds maximum allowed | File content \(.{1,60}\) exceeds maximum allowed (?P<id1>tokens|size)
preset-missing | config_missing | preset~ | Preset (?P<id1>[\w@/-]{1,80}) not found
file-too-large | context_overflow | pdf too large | PDF too large
output-limit | quota | too large | \b(?P<id1>response|output|result)\b.{0,30} too large
output-limit | quota | output limit | output limit of .{1,40} was exceeded
output-limit | quota | exceeds maximum allowed tokens | (?:response|result|output) .{0,80} exceeds maximum allowed tokens
no-such-tool | not_found | no such tool available | No such tool available: (?P<id1>[\w.:-]{1,120})
no-such-tool | not_found | unsupported call: | ^unsupported call: (?P<id1>[\w.:-]{1,120})
no-such-tool | not_found | tried to call unavailable tool | tried to call unavailable tool '(?P<id1>[^']{1,120})
mcp-unknown-tool | not_found | unknown tool | Unknown tool:? ?['"`]?(?P<id1>[\w.:/-]{1,120})
mcp-unknown-tool | not_found | tool | \bTool ['"`]?(?P<id1>[\w.:/-]{1,120})['"`]? (?:was )?not (?:found|registered|available)
unknown-skill | not_found | unknown skill | Unknown skill: (?P<id1>[^\s]{1,120})
unknown-skill | not_found | skill | ^(?:Error: )?Skill ['"`]?(?P<id1>[\w:./-]{1,120})['"`]? not found
unknown-agent-type | not_found | agent type | Agent type ['"`](?P<id1>[^'"`]{1,120})['"`] not found
unknown-agent-type | not_found | unknown agent type | Unknown agent type:? ['"`]?(?P<id1>[\w:./-]{1,120})
unknown-process | not_found | unknown process id | Unknown process id
unknown-process | not_found | no shell found with id | No (?:shell|task|process) found with ID
unknown-process | not_found | was already stopped | \b(?:shell|task|process|session)\w{0,4}:? .{1,80} was already stopped
unknown-process | not_found | no task found with id | No task found with ID
unknown-session | not_found | unknown session id | Unknown session id
not-running | invalid_arguments | so cannot be killed | is not running, so cannot be killed
plan-mode | invalid_arguments | not in plan mode | You are not in plan mode
stdin-closed | invalid_arguments | stdin is closed | stdin is closed
file-does-not-exist | not_found | file does not exist | ^(?:Error: )?File does not exist
file-not-found | not_found | file not found: | ^(?:Error: )?File not found:
path-does-not-exist | not_found | path does not exist | ^(?:Error: )?Path does not exist
directory-does-not-exist | not_found | directory does not exist | ^(?:Error: )?Directory does not exist
eisdir | invalid_arguments | eisdir | EISDIR: illegal operation on a directory
binary-file | invalid_arguments | cannot read binary file | cannot read binary file
eisdir | invalid_arguments | path is a directory | Path is a directory
waiting-timeout | timeout | timeout waiting for | Timeout waiting for:
command-timeout | timeout | command timed out | Command timed out after
command-timeout | timeout | timed out after | ^(?:Error: )?(?:Command|The command|Shell command|Process|Execution|bash tool)\b.{0,200} timed out after
command-timeout | timeout | terminated command after exceeding timeout | terminated command after exceeding timeout
command-timeout | timeout | exceeded timeout | exceeded timeout
tool-timeout | timeout | timed out | \btool\b.{0,120} timed out
smol-operations | timeout | max number of operations | Reached the max number of operations
loop-iterations | timeout | iterations | Maximum number of \d{1,12} iterations .{0,40}exceeded
smol-no-code | parse_error | regex pattern | code snippet is invalid, because the regex pattern
smol-max-steps | quota | reached max steps | Reached max steps
max-iterations | quota | max iterations | max iterations
""")  # noqa: E501  # one rule a row
