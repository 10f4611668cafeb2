"""What git and the forges' command lines say."""

from homeostat.analyze.extract.table import rules

GIT_RULES = rules(r"""
git-cherry-conflict | git_conflict | git cherry-pick --continue | git cherry-pick --continue
git-revert-conflict | git_conflict | could not revert | (?:error: )?could not revert [0-9a-f]{4,40}\.\.\.
git-rebase-conflict | git_conflict | could not apply | (?:error: )?could not apply [0-9a-f]{4,40}\.\.\.
git-cherry-conflict | git_conflict | after resolving the conflicts | after resolving the conflicts.{0,200}cherry-pick
git-stash-conflict | git_conflict | the stash entry is kept | The stash entry is kept in case you need it again
git-merge-conflict | git_conflict | automatic merge failed | Automatic merge failed; fix conflicts
git-conflict | git_conflict | conflict (content) | CONFLICT \((?P<say>[\w/ -]{1,30})\)
git-conflict | git_conflict | conflict ( | CONFLICT \((?P<say>[\w/ -]{1,30})\)
git-unmerged | git_conflict | unmerged files | because you have unmerged files
git-unmerged | git_conflict | unmerged | (?:you need to resolve your current index first|needs merge|is unmerged|unmerged paths)
git-unmerged | git_conflict | resolve your current index | you need to resolve your current index first
git-merge-unfinished | git_conflict | you have not concluded your merge | You have not concluded your merge
git-cherry-unfinished | git_conflict | you have not concluded your cherry-pick | not concluded your cherry-pick
git-rebase-running | git_conflict | rebase-merge directory | (?:rebase-merge|rebase-apply) directory
git-push-nonff | git_conflict | (fetch first) | \[rejected\].{0,200}\(fetch first\)
git-push-nonff | git_conflict | (non-fast-forward) | \[rejected\].{0,200}\(non-fast-forward\)
git-push-stale | git_conflict | (stale info) | \[rejected\].{0,200}\(stale info\)
git-push-tag | git_conflict | would clobber existing tag | would clobber existing tag
git-push-tag | git_conflict | (already exists) | \[rejected\].{0,200}\(already exists\)
git-push-protected | permission_denied | protected branch | (?:protected branch hook declined|GH006|protected branch)
git-push-rule | permission_denied | repository rule violations | repository rule violations
git-push-secret | permission_denied | push cannot contain secrets | Push cannot contain secrets
git-push-large | quota | exceeds github's file size | exceeds GitHub's file size limit
git-push-hook | permission_denied | hook declined | (?:pre-receive|update|remote) hook declined
git-push-checked-out | git_error | refusing to update checked out branch | refusing to update checked out branch
git-push-refspec | git_error | does not match any | src refspec .{1,200} does not match any
git-push-upstream | git_error | no upstream configured | no upstream configured for branch
gh-not-pushed | invalid_arguments | must first push | must first push the current branch
git-push-upstream | git_error | has no upstream branch | has no upstream branch
git-push-no-remote | git_error | no configured push destination | No configured push destination
git-pull-divergent | git_conflict | divergent branches | (?:Need to specify how to reconcile|have divergent branches|divergent branches)
git-pull-not-ff | git_conflict | not possible to fast-forward | Not possible to fast-forward
git-no-tracking | git_error | no tracking information | no tracking information for the current branch
git-unrelated | git_conflict | unrelated histories | refusing to merge unrelated histories
git-dirty | git_error | would be overwritten by | (?:local changes|untracked working tree files).{0,80}would be overwritten by (?P<id1>[\w-]{1,20})
git-dirty-pull | git_error | you have unstaged changes | cannot (?P<id1>pull with rebase|rebase|\w{1,20}): You have unstaged changes
git-dirty-pull | git_error | index contains uncommitted changes | your index contains uncommitted changes
git-dirty-rm | git_error | has local modifications | has local modifications
git-lock | locked | index.lock | Unable to create .{1,300}\.lock['\u2019]?: File exists
git-lock | locked | another git process | Another git process seems to be running
git-lock-ref | locked | cannot lock ref | cannot lock ref
git-no-repository | git_error | not a git repository | not a git repository
git-dubious | permission_denied | dubious ownership | detected dubious ownership
git-no-remote | git_error | does not appear to be a git | does not appear to be a git repository
git-no-remote | git_error | no such remote | No such remote:?
git-remote-exists | already_exists | already exists | (?:error: )?remote .{1,100} already exists
git-branch-exists | already_exists | already exists | a branch named .{1,200} already exists
git-tag-exists | already_exists | already exists | (?:fatal: )?tag .{1,100} already exists
git-clone-exists | already_exists | already exists and is not an empty | destination path .{1,300} already exists and is not an empty directory
git-worktree-exists | already_exists | already exists | ^fatal: '[^']{1,300}' already exists
git-worktree-checked-out | git_error | is already checked out at | is already checked out at
git-worktree-checked-out | git_error | is already used by worktree | is already used by worktree
git-worktree-none | git_error | is not a working tree | is not a working tree
git-worktree-dirty | git_error | contains modified or untracked files | contains modified or untracked files
git-branch-checked-out | git_error | cannot delete branch | Cannot delete branch .{1,200} (?:checked out|used by)
git-branch-unmerged | git_error | is not fully merged | is not fully merged
git-branch-none | git_error | branch | error: branch .{1,200} not found
git-tag-none | git_error | error: tag~ | error: tag .{1,200} not found
git-pathspec-add | git_error | did not match any files | pathspec .{1,300} did not match any files(?:$|\.)
git-pathspec | git_error | did not match any file | pathspec .{1,300} did not match any file\(s\) known to git
git-ignored | git_error | are ignored by one of your | are ignored by one of your \.gitignore
git-bad-range | git_error | invalid revision range | Invalid revision range
git-ambiguous | git_error | ambiguous argument | ambiguous argument .{1,300}: unknown revision
git-bad-revision | git_error | bad revision | bad revision
git-bad-object | git_error | bad object | bad object
git-not-valid-object | git_error | not a valid object name | not a valid object name
git-needed-revision | git_error | needed a single revision | Needed a single revision
git-invalid-reference | git_error | invalid reference | invalid reference(?! format)
git-unknown-ref | git_error | couldn't find remote ref | couldn't find remote ref
git-remote-branch | git_error | not found in upstream | Remote branch .{1,200} not found in upstream
git-not-commit | git_error | is not a commit | is not a commit and a branch
git-path-in-tree | git_error | does not exist in | path .{1,300} (?:does not exist|exists on disk, but not) in
git-no-commits | git_error | does not have any commits yet | does not have any commits yet
git-nothing-commit | git_error | nothing to commit | nothing to commit
git-nothing-commit | git_error | no changes added to commit | no changes added to commit
git-nothing-added | git_error | nothing added to commit | nothing added to commit
git-no-stash | git_error | no stash entries | No stash entries found
git-stash-ref | git_error | is not a stash | is not a (?:valid reference|stash)
git-stash-ref | git_error | is not a valid reference | is not a valid reference
git-empty-message | git_error | empty commit message | Aborting commit due to empty commit message
git-identity | config_missing | please tell me who you are | Please tell me who you are
git-identity | config_missing | unable to auto-detect email | unable to auto-detect email address
git-identity | config_missing | empty ident name | empty ident name
git-editor | config_missing | terminal is dumb | terminal is dumb, but EDITOR unset
git-nothing-amend | git_error | nothing to amend | You have nothing (?:yet )?to amend
git-no-rebase | git_error | no rebase in progress | No rebase in progress
git-no-merge | git_error | there is no merge to abort | There is no merge to abort
git-no-cherry | git_error | no cherry-pick or revert in progress | no cherry-pick or revert in progress
git-empty-cherry | git_error | previous cherry-pick is now empty | previous cherry-pick is now empty
git-detached | git_error | not currently on a branch | not currently on a branch
git-bad-ref-name | git_error | is not a valid branch name | is not a valid (?:branch|tag|ref) name
git-bad-config | git_error | config | (?:fatal|error|warning): bad (?:\w{1,12} )?config (?:line|value|variable|file)
git-config-key | git_error | key does not contain | key does not contain (?:a section|variable name)
git-shallow | git_error | shallow update not allowed | shallow update not allowed
git-outside | git_error | is outside repository | is outside repository
git-submodule | git_error | no submodule mapping found | no submodule mapping found
git-submodule | git_error | submodule | (?P<say>clone of .{1,300} into submodule path .{1,200} failed)
git-not-mergeable | git_error | not something we can merge | not something we can merge
git-sign | git_error | failed to sign the data | gpg failed to sign the data
git-bisect | git_error | bisect | We are not bisecting
git-corrupt-object | git_error | loose object | loose object .{0,300} is corrupt
git-corrupt-object | git_error | is empty | object file .{1,300} is empty
git-ssh-key | auth | permission denied (publickey | Permission denied \((?P<say>publickey)
git-host-key | tls | host key verification failed | Host key verification failed
git-host-key | tls | remote host identification has changed | REMOTE HOST IDENTIFICATION HAS CHANGED
git-auth | auth | authentication failed for | Authentication failed for ['"]?\w{3,8}://
git-auth | auth | could not read username | could not read (?P<say>Username|Password) for
git-auth | auth | could not read password | could not read (?P<say>Username|Password) for
git-auth | auth | invalid username or | Invalid username or (?:password|token)
git-auth | auth | password authentication was removed | Support for password authentication was removed
git-push-permission | permission_denied | denied to | Permission to .{1,200} denied to
git-http-error | - | the requested url returned error | unable to access .{1,400}: The requested URL returned error: (?P<id1>\d{3})
git-repository-missing | not_found | not found | (?:fatal|remote|ERROR): .{0,40}repository .{0,400}not found
git-repository-missing | not_found | does not exist | repository '[^']{1,400}' does not exist
git-resolve-host | connection | could not resolve host | unable to access .{1,400}: Could not resolve host
git-resolve-host | connection | could not resolve hostname && could not read from remote | ssh: Could not resolve hostname
git-connect | timeout | timed out | unable to access .{1,400}timed out
git-connect | connection | unable to access | unable to access .{1,400}: (?P<say>Failed to connect|Connection \w{1,20}|Couldn't connect|Recv failure|Empty reply)
git-tls | tls | unable to access | unable to access .{1,400}: (?:SSL|server certificate|GnuTLS|schannel)
git-early-eof | connection | early eof | early EOF
git-hung-up | connection | the remote end hung up | the remote end hung up unexpectedly
git-remote-read | git_error | could not read from remote repository | Could not read from remote repository
git-lfs | git_error | smudge error | Smudge error
git-lfs | git_error | git-lfs | git-lfs.{0,60}(?:not found|was not found)
git-unknown-switch | invalid_arguments | unknown switch | unknown switch [`'"](?P<id1>[^`'"]{1,30})
git-too-few | invalid_arguments | you must specify | fatal: (?P<say>you must specify .{1,60})
hook-husky | test_failure | husky | husky - (?P<id1>[\w-]{1,40}) (?:hook|script) (?:exited|failed)
pre-commit-hook | test_failure | hook id: | hook id: (?P<id1>[\w.-]{1,60})
gh-auth | auth | gh auth login | (?:To get started with GitHub CLI|gh auth login|not logged in)
gh-auth | auth | not logged into any | not logged into any (?:GitHub )?hosts
gh-pr-none | not_found | no pull requests found | no pull requests found
gh-pr-exists | already_exists | already exists: | a pull request for branch .{1,300} already exists
gh-pr-no-commits | git_error | no commits between | No commits between
gh-pr-mergeable | git_conflict | is not mergeable | is not mergeable(?P<say>.{0,60})
gh-graphql-resolve | not_found | could not resolve to | Could not resolve to an? (?P<id1>[\w ]{1,30}?)(?: with|\b)
gh-json-field | invalid_arguments | unknown json field | Unknown JSON field: "
gh-json-fields | invalid_arguments | specify one or more comma-separated fields | Specify one or more comma-separated fields
gh-search | invalid_arguments | invalid search query | Invalid search query
gh-release | not_found | release not found | release not found
gh-run | not_found | no runs found | no runs found
gh-workflow | not_found | could not find any workflows | could not find any workflows
gh-no-checks | not_found | no checks reported | no checks reported
gh-label | not_found | not found | could not add label: .{1,80} not found
gh-remote | git_error | none of the git remotes configured | none of the git remotes configured
gh-no-default | config_missing | no default remote repository | No default remote repository
gh-scope | permission_denied | required scopes | (?:has not been granted|missing) (?:the )?required scopes
gh-secondary-limit | rate_limit | secondary rate limit | secondary rate limit
gh-api-limit | rate_limit | api rate limit exceeded | API rate limit exceeded
gh-integration | permission_denied | resource not accessible by | Resource not accessible by (?P<id1>[\w ]{1,40})
""")  # noqa: E501  # one rule a row
