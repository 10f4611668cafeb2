"""What the words of a failure say about its kind: the classifier's last resort."""

import re

from homeostat.model.signature import ErrorClass

# class | pattern, in order: the first that fits decides. The most telling words come first.
_ROWS = r"""
value_error | (?:division|divided?) by zero
not_found | (?:does not exist|not found|no such .{1,40}),? or you do(?: not|n't) have
locked | wait(?:ing)? (?:to|for) .{0,20}lock\b|could not set lock
parse_error | parse .{0,40}as json|\bin json at position|is not valid json|end of json input|json parse error
context_overflow | maximum context length|context (?:length|window|limit|size)|prompt is too long|input is too long
out_of_memory | ^killed$|out of memory|memory (?:size|limit) .{0,60}(?:exhausted|exceeded)|(?:no available|not enough|insufficient) memory|\boom\b|oom-?kill|cannot allocate memory|allocate .{0,30}memory|memoryerror|heap space|memory limit exceeded|heap limit|MemoryLimit
disk_full | disk usage exceeded|flood[- ]stage|no space left|disk (?:is )?full|disk quota|not enough (?:disk )?space|insufficient disk|enospc
rate_limit | rate[ _-]?limit|too many requests|throttl|\b429\b|slow ?down|(?:requests|calls|tokens)[_ ]per[_ ](?:user[_ ]per[_ ])?(?:minute|second|day)|per minute per|request rate|rate exceeded
quota | exceeded the .{0,40}(?:maximum|limit)|max \w{1,20} (?:\(\d{1,7}\) )?exceeded|maximum number of .{1,40} (?:for|reached|exceeded)|resource is limited|space quota|recursion limit|hit (?:your|the) .{0,30}limit|file watchers|limit of .{1,40} exceeded|limit .{0,20}(?:reached|exceeded)|insufficient[_ ](?:quota|funds|credit)|exceeded your current quota|quota ?exceeded|exceeded (?:\w{1,20} )?quota|quota .{0,60}(?:exceeded|exhausted|used up)|billing (?:hard |soft )?(?:limit|details|account|plan|has|is)|plan and billing|submit limit|out of credits|credit balance|plan limit|usage limit|limit exceeded|size of .{1,20} exceeded|too many (?:clients|connections|open files)|upgrade your plan|plan allows|size limit|spending limit|over quota|QuotaExceeded|output limit
overloaded | (?:is |currently )loading\b|warming up|overloaded|service unavailable|temporarily unavailable|server (?:is )?busy|at capacity|currently unavailable|high demand|try again later
tls | certificate (?:verify|verification|has|is|signed|chain|problem|error|unknown|validation)|(?:invalid|expired|self[- ]signed|unknown|bad|untrusted|server|peer|verify the|issuer) certificate|certificate_verify|\bssl\b|\btls\b|handshake|verify the first certificate|x509|self[- ]signed|CERT_|host key
timeout | timed? ?out|time-?out|took longer|deadline exceeded|took too long|ETIMEDOUT|exceeded the time|time limit|did not (?:respond|complete) (?:in|within)
git_conflict | merge conflict|(?-i:CONFLICT) \(|non-fast-forward|fix conflicts|unmerged|rebase in progress
user_rejected | user (?:rejected|denied|declined|chose not|did not (?:allow|approve))|rejected by (?:the )?user|doesn't want to
locked | already in use|(?:target|device|resource) is busy|exclusive access|object has been modified|is locked|lock file|deadlock|could not (?:get|obtain|acquire) .{0,30}lock|being used by another|another (?:process|instance|operation)|EADDRINUSE|resource busy|is in use|in progress
already_exists | already exists|already exist\b|file exists|EEXIST|duplicate key|duplicate entry|already (?:been|registered|taken|defined|member)|ALREADY_EXISTS
auth | unauthori[sz]ed|invalid or (?:has )?expired|invalid signature|json ?web ?token|jwt (?:is |has )?(?:expired|invalid|malformed)|authorization (?:grant|header|token)|failed to authenticate|(?:run|use) [`']?\w{1,20} (?:auth )?login|unauthenticated|not authenticated|authentication ?(?:failed|required|error|failure)|invalid ?(?:api[ _-]?key|token|credential|password|auth|access token|x-api-key|username)|(?:token|session|credentials?|signature|key) (?:has |have |is |are )?(?:been )?(?:expired|revoked|invalid)|(?:token|key|credentials?|password) (?:provided )?(?:is|are) (?:not valid|incorrect|wrong)|not logged in|please (?:log ?in|sign in|authenticate)|active account|no active session|expired ?token|login required|credentials? (?:not found|missing|required|were not|could not)|bad credentials|login failed|wrong password|password (?:is )?incorrect|no api[ _-]?key|no credentials|incorrect (?:api key|password|username)|missing (?:api key|credentials|token)|api[ _-]?key (?:is )?(?:not (?!set)|missing|required|invalid)|InvalidClientTokenId|SignatureDoesNotMatch|access token
permission_denied | permission denied|requires (?:\w{1,10} )?access\b|(?:command|tool|operation|action|call)s? (?:is |was |are )?(?:not allowed|rejected|blocked|denied|refused)|(?:denied|blocked) this|row-level security|not have (?:the )?(?:authorization|permission|access)|archived so is read|access to .{1,100} (?:is |was )?denied|missing (?:permissions?|access)\b|gated repo|required .{1,80} permission|permission for|command rejected|access (?:is )?denied|not permitted|forbidden|not authori[sz]ed|EACCES|EPERM|insufficient (?:permission|scope|privilege|access)|permission to|AccessDenied|lacks? (?:the )?permission|not allowed (?:to|by)|robots\.txt|import .{1,60} is not allowed|is not among the explicitly allowed|denied by|read-only|requires? (?:admin|root|elevated)|you do not have|you don't have|missing scope|not accessible|blocked by|disallowed|outside (?:of )?(?:the )?(?:allowed|workspace|working)
command_not_found | command not found|executable file not found|not recognized as an internal|is not recognized as the name|no such command
import_error | no module named|could not be imported|cannot (?:find|resolve) (?:module|package|import)|module not found|could not resolve import|importerror|cannot import
server_crashed | crash|runtime exited|target closed|browser closed|ha(?:s|ve) died|core dumped|segmentation fault|sigsegv|sigkill|sigabrt|\bkilled\b|connection closed|process exited|exited unexpectedly|worker (?:died|terminated)|server disconnected|transport closed|terminated unexpectedly|has been closed|stack overflow|signal \d
connection | could not reach|failure resolving|server misbehaving|abnormal closure|gateway closed|connect error|connection failure|other side closed|closed the connection|no (?:servers|brokers|nodes) available|connection to .{1,200} (?:refused|failed)|connection (?:refused|reset|aborted|error|closed|failed|lost|was)|could not (?:connect|resolve)|cannot connect|can't connect|couldn't connect|unable to connect|failed to connect|not connected|ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|socket hang up|network (?:is )?(?:unreachable|error)|name (?:or service|resolution)|getaddrinfo|no route to host|unreachable|fetch failed|broken pipe|disconnected|dns|no such host|ERR_(?:NAME|CONNECTION|INTERNET|NETWORK|ADDRESS)
test_failure | ^\W{0,4}FAIL: |tests? failed|test coverage|\d failed|assertion failed|expectation failed
edit_mismatch | string to replace|exact (?:match|text)\b|search (?:text|string) .{0,40}not|old_?str(?:ing)?\b|patch (?:failed|does not)|hunk|search block|no match(?:es)? (?:found )?for (?:the )?(?:edit|search)
database | no such (?:table|column)|schema cache|table or view|relation .{1,80} does not exist|constraint|sql syntax|foreign key|unique violation|undefined (?:table|column)|\bORA-\d|migration|invalid column|SQL(?:STATE| error)
dependency | could not resolve dependenc|find package "|version .{1,40}' not found|compatible versions?\b|version .{1,40} not supported|dependency|no matching (?:version|distribution|manifest)|version conflict|incompatible|unsupported (?:engine|version)|requires (?:python|node|version)|unsatisfiable|not installed|no matching package|is not available for|install(?:ed)? .{1,40}first
config_missing | (?:could not find|couldn't find|unable to (?:find|locate)|cannot find|missing|no) .{0,40}(?:\bconfig(?:uration)?\b|\bprofile\b|\bpreset\b|\bmanifest\b|\bsettings\b|prisma schema)|\b(?:config(?:uration)?|profile|preset|manifest|settings)\b.{0,80}(?:not found|is missing|does not exist|could not be found)|is disabled\b.{0,10} (?:set|enable)|\bdisplay\b.{0,30}(?:variable|environment)|no display name|(?<!` )environment variable|in (?:the |your )?environment\b|not configured|missing (?:config|required (?:env|setting|config))|no configuration|config(?:uration)? (?:file )?(?:not found|missing|is missing|error)|must be set|is not (?:currently )?set\b(?! of)|not specified|not initiali[sz]ed|\binit\b|no such profile|unset
not_found | not found|no such|does not exist|doesn't exist|could not find|cannot find|can't find|couldn't find|unable to (?:find|locate)|cannot be found|could not be found|couldn't be found|ENOENT|unknown (?:revision|ref|branch|object|host|user|file|id|model|resource|process)|NoSuch|no .{1,60} found|no .{1,30} named|nonexistent|non-existent|is missing|missing file|was deleted|NotFound|not available|no longer exists|there is no|no agent
syntax | unknown directive|expected near|expected .{1,20} but found|errors in crontab|syntax error|syntaxerror|unexpected (?:token|end|indent|identifier|eof)|parse error near|unterminated|unbalanced|invalid syntax|unmatched
parse_error | parser error|tag mismatch|wrong number of fields|bad indentation|mapping values are not allowed|(?:unable to|could not) (?:load|read) (?:certificate|(?:private |public )?key)|pars(?:e|ing) (?:error|failed)|(?:failed|unable|could not|cannot) (?:to )?(?:parse|decode|deserialize|unmarshal)|invalid (?:json|yaml|xml|toml|utf|csv|character|format)|malformed|not valid json|decode|corrupt|error parsing|unexpected format|not a valid (?:json|zip|image|pdf)|unexpected character
build_error | compilation|unresolved reference|compile error|build failed|linker|undefined reference|undeclared|cannot find symbol|does not compile|type ?check
type_error | typeerror|is not a function|is not callable|not iterable|wrong type|type mismatch|unsupported operand|cannot convert|incompatible types
attribute_error | has no attribute|on an undefined value|undefined method|cannot read propert|no attribute|null pointer|nil pointer
lookup_error | index out of (?:range|bounds)|keyerror|key not found|out of bounds
invalid_arguments | invalid|validation (?:error|failed)|is not one of|field required|exceeds the|is already|unknown (?:option|flag|argument|command|parameter|field|type|subcommand)|unrecognized|unexpected (?:argument|keyword|parameter|option|field)|missing (?:\d{1,2} )?(?:required|argument|parameter|operand|value)|required (?:parameter|argument|field|property|option)|must (?:be|have|match|not|contain|provide|specify|include)|illegal|bad (?:request|argument|option|value)|usage:|unsupported|not supported|too (?:many|few|long|large|short|small)|is required|not a valid|\bexpected\b|requires a value|cannot be|can't be|not allowed|does not accept|should (?:be|match|not)|is not enough|insufficient .{0,30}balance|not enough|does not (?:match|add|belong|support)|out of range|mutually exclusive|flags? in the group|none of the others can be|accepts .{1,30}arg\(s\)|unprocessable|business validation|(?:card|transaction) (?:was )?declined
server_error | internal (?:server )?error|bad gateway|server error|something went wrong|redirects? exceeded|too many redirects|unexpected error|upstream
cancelled | (?:operation|request|task|execution|command|call|job|run|process)s? (?:was |were |has been |is |got )?(?:cancell?ed|aborted|interrupted)|^(?:error: )?(?:cancell?ed|aborted|interrupted)\b|KeyboardInterrupt|AbortError
git_error | ^fatal:|\bgit\b|uncommitted changes|working (?:directory|tree) is (?:not clean|dirty)|worktree
value_error | division by zero|overflow|recursion|valueerror|panic
"""  # noqa: E501 -- one pattern a row
PATTERNS = tuple(
    (ErrorClass(name.strip()), re.compile(pattern.strip(), re.IGNORECASE))
    for name, pattern in (row.split(" | ", 1) for row in _ROWS.strip().splitlines())
)
STATUS = re.compile(
    r"(?:\b(?:(?:api|http)(?:exception|error)|http(?:/[\d.]{1,3})?|status(?:[ _]?code)?|failed|"
    r"error(?: code)?|returned error|code|response|api error)[\"']?[:= (]{1,4}[\"']?([45]\d\d)"
    r"\b"
    r"|(?:^|[\s(:\"'])([45]\d\d) (?:client error|server error|unauthorized|forbidden|"
    r"not found|bad request|bad gateway|"
    r"internal server|service unavailable|too many|gateway time|conflict|payment required|"
    r"unprocessable|method not|gone|request))",
    re.IGNORECASE,
)
