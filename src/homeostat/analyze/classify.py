"""What kind of thing failed, and which rule says so."""

import re

import msgspec

from homeostat.analyze.extract.found import FailureText, Found
from homeostat.analyze.extract.strerror import SYSTEM_TEXTS
from homeostat.analyze.masks import masked
from homeostat.model.signature import ErrorClass

HEAD = 1_500
"""Characters of the text that the last resort looks at."""


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """A class and the name of the rule that decided."""

    error_class: ErrorClass
    rule: str


_TYPES = {
    name: ErrorClass(cls)
    for cls, names in {
        "import_error": "importerror modulenotfounderror",
        "type_error": "typeerror classcastexception typeconversionerror",
        "attribute_error": "attributeerror nomethoderror nullpointerexception nullreferenceexception",
        "lookup_error": "keyerror indexerror lookuperror arrayindexoutofboundsexception"
        " indexoutofboundsexception stringindexoutofboundsexception nosuchelementexception"
        " keynotfoundexception argumentoutofrangeexception stopiteration",
        "value_error": "valueerror nameerror unboundlocalerror zerodivisionerror overflowerror"
        " recursionerror assertionerror notimplementederror runtimeerror arithmeticexception"
        " illegalargumentexception illegalstateexception numberformatexception referenceerror"
        " argumenterror frozenerror dividebyzeroexception invalidoperationexception"
        " floatingpointerror stackoverflowerror stopasynciteration"
        " linalgerror concurrentmodificationexception unsupportedoperationexception interpretererror"
        " argumentexception argumentnullexception notimplementedexception typeguarderror"
        " rangeerror invalidoperation systemstackerror fibererror localjumperror zerodivision divisionbyzeroerror",
        "syntax": "syntaxerror indentationerror taberror templatesyntaxerror",
        "parse_error": "jsondecodeerror unicodedecodeerror unicodeencodeerror unicodeerror parseerror"
        " parsererror scannererror yamlerror tomldecodeerror binasciierror baddata badzipfile badgzipfile"
        " expaterror csverror lexererror jsonparseexception xmlsyntaxerror readerror"
        " jsonexception unpicklingerror composererror constructorerror decodeerror protocolbuffererror"
        " malformedinputexception jsonmappingexception unidentifiedimageerror emptydataerror"
        " agentparsingerror outputparserexception parsingerror missingsectionheadererror"
        " duplicateoptionerror jsonschemadecodeerror ndjsondecodeerror arrowinvalid",
        "not_found": "filenotfounderror filenotfoundexception nosuchfileexception doesnotexist notfounderror"
        " objectdoesnotexist noresultfound nosuchbucket nosuchkey resourcenotfoundexception notfound"
        " directorynotfoundexception templatenotfound dagnotfound nosuchentity selenium.common.exceptions.nosuchelementexception unknownobjectexception processlookuperror",
        "permission_denied": "permissionerror accessdeniedexception accessdenied accessdeniederror"
        " permissiondenied permissiondeniederror unauthorizedaccessexception forbidden suspiciousoperation"
        " unauthorizedoperation permissiondeniedexception accesscontrolexception",
        "auth": "authenticationerror autherror unauthorized unauthenticated nocredentialserror invalidtoken"
        " expiredsignatureerror expiredtoken authenticationfailed authenticationexception"
        " expiredtokenexception unrecognizedclientexception invalidclienttokenid invalidsignatureexception"
        " invalidsignatureerror signaturedoesnotmatch refresherror defaultcredentialserror"
        " partialcredentialserror passwordrequired badcredentialsexception invalidaccesskeyid",
        "already_exists": "fileexistserror fileexistsexception alreadyexists alreadyexistserror"
        " bucketalreadyexists bucketalreadyownedbyyou entityalreadyexists resourceinuseexception"
        " filealreadyexistsexception resourceexistserror",
        "timeout": "timeouterror readtimeout connecttimeout timeout timeoutexpired apitimeouterror"
        " readtimeouterror connecttimeouterror pooltimeout timeoutexception sockettimeoutexception"
        " deadlineexceeded asynciotimeouterror requesttimeout writetimeout queryexecutiontimeout"
        " servertimeouterror httptimeoutexception timeoutoccurred",
        "connection": "connectionerror connectionrefusederror connectionreseterror connecterror"
        " brokenpipeerror connectionabortederror remotedisconnected gaierror newconnectionerror"
        " apiconnectionerror incompleteread chunkedencodingerror connectexception unknownhostexception"
        " clientconnectorerror clientconnectionerror nameresolutionerror remoteprotocolerror proxyerror"
        " serverdisconnectederror readerror noroutetohostexception connectionclosed connectionclosederror"
        " unavailable endpointconnectionerror herror eoferror connectionexception connectionfailure"
        " autoreconnect serverselectiontimeouterror mongoserverselectionerror mongonetworkerror communicationsexception protocolerror maxretryerror",
        "tls": "sslerror sslcertverificationerror certificateerror sslhandshakeexception sslexception"
        " certificateexception sslzeroreturnerror clientconnectorcertificateerror",
        "rate_limit": "ratelimiterror toomanyrequests throttlingexception throttling ratelimitexceeded"
        " ratelimitexceedederror requestlimitexceeded provisionedthroughputexceededexception slowdown"
        " toomanyrequestsexception throttled toomanyrequestserror resourceexhausted",
        "quota": "limitexceededexception quotaexceeded servicequotaexceededexception insufficientquota"
        " quotaexceededexception limitexceeded quotaexceedederror instancelimitexceeded vcpulimitexceeded"
        " toomanyconnectionserror accountquotaexceeded quotaexceedexception toomanybuckets",
        "overloaded": "serviceunavailable serviceunavailableerror overloadederror serviceunavailableexception"
        " insufficientinstancecapacity serverbusy",
        "server_error": "internalservererror internalerror internalfailure badgateway internal"
        " internalserverexception apistatuserror",
        "database": "integrityerror programmingerror undefinedtable undefinedcolumn uniqueviolation"
        " notnullviolation foreignkeyviolation invalidrequesterror dataerror notsupportederror"
        " sqlsyntaxerrorexception sqlexception psqlexception checkviolation duplicatetable"
        " statementinvalid recordinvalid recordnotunique databaseerror intfielddataerror"
        " operationfailure duplicatekeyerror mongoservererror bulkwriteerror validationexceptiondb"
        " jdbcsqlsyntaxerrorexception constraintviolationexception invalidtextrepresentation"
        " dataintegrityviolationexception sqlintegrityconstraintviolationexception",
        "out_of_memory": "memoryerror outofmemoryerror outofmemoryexception",
        "invalid_arguments": "validationerror invalidparameterexception validationexception"
        " invalidparametervalue invalidargument badrequest badrequesterror clickexception badparameter"
        " usageerror malformedpolicydocument invalidargumentexception requestvalidationerror"
        " unprocessableentityerror badrequestexception parameterizationerror missingschema invalidschema"
        " invalidurl paramvalidationerror unsupportedformatexception inputvalidationerror"
        " invalidselectorexception toolinputerror zoderror unsupportedoperation isadirectoryerror"
        " notadirectoryerror missingparameter jsonschemavalidationerror illegalargumenterror",
        "cancelled": "keyboardinterrupt cancellederror cancelled aborterror aborted"
        " operationcanceledexception taskcanceledexception interruptedexception",
        "server_crashed": "brokenprocesspool workerlosterror targetclosederror brokenexecutor"
        " processexitedwithcode workerdiederror kerneldiederror deadkernelerror",
        "config_missing": "improperlyconfigured configurationerror configerror noregionerror profilenotfound"
        " missingconfigexception settingserror appregistrynotready",
        "dependency": "distributionnotfound versionconflict packagenotfounderror unsatisfiableerror"
        " resolutionimpossible noclassdeffounderror contextualversionconflict",
        "locked": "lockerror deadlockdetected locktimeout locknotavailable serializationfailure"
        " conditionalcheckfailedexception blockingioerror optimisticlockexception staleobjectstateexception"
        " concurrentmodification operationaborted",
        "context_overflow": "contextwindowexceedederror contextlengthexceedederror",
        "command_not_found": "commandnotfoundexception",
        "unknown": "calledprocesserror",
        "build_error": "compileerror compilationerror compilationfailure",
    }.items()
    for name in names.split()
}
_CODES = {
    # What services call their errors; the exact words are looked up, never parts of them.
    "rate_limit_exceeded": "rate_limit", "rate_limit_error": "rate_limit", "ratelimited": "rate_limit",
    "rate_limited": "rate_limit", "too_many_requests": "rate_limit", "resource_exhausted": "rate_limit",
    "rate_limit": "rate_limit", "lock_timeout": "rate_limit", "quotaexceeded": "quota",
    "insufficient_quota": "quota", "billing_hard_limit_reached": "quota", "quota_exceeded": "quota",
    "billing_error": "quota", "credit_balance_too_low": "quota", "payment_required": "quota",
    "billing_not_active": "quota", "insufficient_credits": "quota", "storage_limit_reached": "quota",
    "overloaded_error": "overloaded", "engine_overloaded": "overloaded",
    "server_overloaded": "overloaded", "service_unavailable": "overloaded", "serverbusy": "overloaded",
    "api_error": "server_error", "server_error": "server_error", "internal_error": "server_error",
    "internal": "server_error", "internal_server_error": "server_error", "fatal_error": "server_error",
    "authentication_error": "auth", "invalid_api_key": "auth", "invalid_auth": "auth", "not_authed": "auth",
    "unauthenticated": "auth", "token_expired": "auth", "token_revoked": "auth", "account_inactive": "auth",
    "invalid_token": "auth", "unauthorized": "auth", "invalid_grant": "auth", "invalid_client": "auth",
    "invalid_credentials": "auth", "expired_token": "auth", "api_key_expired": "auth", "bad_credentials": "auth",
    "api_key_invalid": "auth", "authentication_required": "auth", "invalid_signature": "auth",
    "permission_error": "permission_denied", "permission_denied": "permission_denied", "forbidden": "permission_denied",
    "missing_scope": "permission_denied", "not_allowed": "permission_denied", "no_permission": "permission_denied",
    "restricted_action": "permission_denied", "not_in_channel": "permission_denied", "access_denied": "permission_denied",
    "insufficient_scope": "permission_denied", "insufficient_permissions": "permission_denied", "is_archived": "permission_denied",
    "ekm_access_denied": "permission_denied", "team_access_not_granted": "permission_denied", "cant_invite_self": "invalid_arguments",
    "accessdenied": "permission_denied", "authorizationfailed": "permission_denied", "object_not_found": "not_found",
    "not_found_error": "not_found", "not_found": "not_found", "model_not_found": "not_found",
    "channel_not_found": "not_found", "user_not_found": "not_found", "resource_missing": "not_found",
    "message_not_found": "not_found", "users_not_found": "not_found", "file_not_found": "not_found",
    "thread_not_found": "not_found", "resourcenotfound": "not_found", "resourcegroupnotfound": "not_found",
    "already_exists": "already_exists", "name_taken": "already_exists", "already_reacted": "already_exists",
    "already_in_channel": "already_exists", "conflict": "already_exists", "validation_error": "invalid_arguments",
    "idempotency_error": "invalid_arguments", "conflict_error": "locked", "idempotency_key_in_use": "locked",
    "invalid_request": "invalid_arguments", "bad_request": "invalid_arguments", "invalid_argument": "invalid_arguments",
    "invalid_arguments": "invalid_arguments", "parameter_missing": "invalid_arguments", "validation_failed": "invalid_arguments",
    "parameter_invalid_integer": "invalid_arguments", "parameter_unknown": "invalid_arguments", "no_text": "invalid_arguments",
    "msg_too_long": "invalid_arguments", "invalid_blocks": "invalid_arguments", "invalid_params": "invalid_arguments",
    "failed_precondition": "invalid_arguments", "out_of_range": "invalid_arguments", "unsupported_parameter": "invalid_arguments",
    "invalid_type": "invalid_arguments", "unsupported_value": "invalid_arguments", "card_declined": "invalid_arguments",
    "expired_card": "invalid_arguments", "incorrect_cvc": "invalid_arguments", "amount_too_small": "invalid_arguments",
    "context_length_exceeded": "context_overflow", "string_above_max_length": "context_overflow",
    "request_too_large": "context_overflow", "deadline_exceeded": "timeout", "timeout": "timeout",
    "request_timeout": "timeout", "timeout_error": "timeout", "gateway_timeout": "timeout",
    "cancelled": "cancelled", "aborted": "locked", "index_not_found_exception": "not_found",
    "parsing_exception": "invalid_arguments", "mapper_parsing_exception": "invalid_arguments",
    "skuNotAvailable".lower(): "quota", "nosuchhost": "connection", "operationnotallowed": "quota",
    "deploymentfailed": "invalid_arguments", "graphql_parse_failed": "syntax",
    "graphql_validation_failed": "invalid_arguments",
}  # fmt: skip
_STATUSES = {
    "400": "invalid_arguments", "401": "auth", "402": "quota", "403": "permission_denied", "404": "not_found",
    "405": "invalid_arguments", "406": "invalid_arguments", "407": "auth", "408": "timeout", "409": "already_exists",
    "410": "not_found", "411": "invalid_arguments", "412": "invalid_arguments", "413": "invalid_arguments",
    "414": "invalid_arguments", "415": "invalid_arguments", "416": "invalid_arguments", "422": "invalid_arguments",
    "423": "locked", "424": "dependency", "425": "rate_limit", "429": "rate_limit", "451": "permission_denied",
    "500": "server_error", "501": "server_error", "502": "server_error", "503": "overloaded", "504": "timeout",
    "507": "disk_full", "508": "server_error", "520": "server_error", "521": "connection", "522": "timeout",
    "523": "connection", "524": "timeout", "525": "tls", "526": "tls", "529": "overloaded",
}  # fmt: skip
_STATUS = re.compile(
    r"(?:\b(?:(?:api|http)(?:exception|error)|http(?:/[\d.]{1,3})?|status(?:[ _]?code)?|error(?: code)?|returned error|code|response|api error)[\"']?[:= (]{1,4}[\"']?([45]\d\d)\b"
    r"|(?:^|[\s(:\"'])([45]\d\d) (?:client error|server error|unauthorized|forbidden|not found|bad request|bad gateway|"
    r"internal server|service unavailable|too many|gateway time|conflict|payment required|unprocessable|method not|gone|request))",
    re.IGNORECASE,
)

# class | pattern, in order: the first that fits decides. The most telling words come first.
_PATTERNS = tuple(
    (
        ErrorClass(row.split(" | ", 1)[0].strip()),
        re.compile(row.split(" | ", 1)[1].strip(), re.IGNORECASE),
    )
    for row in r"""
value_error | divi(?:sion|de|ded) by zero
parse_error | \bin json at position|is not valid json|end of json input|json parse error
context_overflow | maximum context length|context (?:length|window|limit)|prompt is too long|input is too long
out_of_memory | out of memory|\boom\b|oom-?kill|cannot allocate memory|memoryerror|heap space|memory limit exceeded|heap limit|MemoryLimit
disk_full | no space left|disk (?:is )?full|disk quota|not enough (?:disk )?space|insufficient disk|enospc
quota | insufficient[_ ](?:quota|funds|credit)|exceeded your current quota|quota ?exceeded|exceeded (?:\w{1,20} )?quota|billing|credit balance|plan limit|usage limit|limit exceeded|size of .{1,20} exceeded|too many (?:clients|connections|open files)|upgrade your plan|size limit|spending limit|over quota|QuotaExceeded|output limit
rate_limit | rate[ _-]?limit|too many requests|throttl|\b429\b|slow ?down|requests per (?:minute|second|day)|rate exceeded
overloaded | overloaded|service unavailable|temporarily unavailable|server (?:is )?busy|at capacity|currently unavailable|high demand|try again later
tls | certificate (?:verify|verification|has|is|signed|chain|problem|error|unknown|validation)|(?:invalid|expired|self[- ]signed|unknown|bad|untrusted|server|peer|verify the|issuer) certificate|certificate_verify|\bssl\b|\btls\b|handshake|verify the first certificate|x509|self[- ]signed|CERT_|host key
timeout | timed? ?out|timeout|deadline exceeded|took too long|ETIMEDOUT|exceeded the time|time limit|did not (?:respond|complete) (?:in|within)
git_conflict | merge conflict|CONFLICT|non-fast-forward|fix conflicts|unmerged|rebase in progress
user_rejected | user (?:rejected|denied|declined)|rejected by (?:the )?user|doesn't want to
locked | already in use|is locked|lock file|deadlock|could not (?:get|obtain|acquire) .{0,30}lock|being used by another|another (?:process|instance|operation)|EADDRINUSE|resource busy|is in use|in progress
already_exists | already exists|already exist\b|file exists|EEXIST|duplicate key|duplicate entry|already (?:been|registered|taken|defined|member)|ALREADY_EXISTS
auth | unauthori[sz]ed|unauthenticated|not authenticated|authentication (?:failed|required|error|failure)|invalid (?:api[ _-]?key|token|credential|password|auth|access token|x-api-key|username)|(?:token|session|credentials?|signature|key) (?:has |have |is |are )?(?:been )?(?:expired|revoked|invalid)|(?:token|key|credentials?|password) (?:provided )?(?:is|are) (?:not valid|incorrect|wrong)|not logged in|please (?:log ?in|sign in|authenticate)|active account|no active session|expired ?token|login required|credentials? (?:not found|missing|required|were not|could not)|bad credentials|no credentials|incorrect (?:api key|password|username)|missing (?:api key|credentials|token)|api[ _-]?key (?:is )?(?:not|missing|required|invalid)|InvalidClientTokenId|SignatureDoesNotMatch|access token
permission_denied | permission denied|missing (?:permissions?|access)\b|gated repo|required .{1,80} permission|permission for|command rejected|access (?:is )?denied|not permitted|forbidden|not authori[sz]ed|EACCES|EPERM|insufficient (?:permission|scope|privilege|access)|permission to|AccessDenied|lacks? (?:the )?permission|not allowed (?:to|by)|denied by|read-only|requires? (?:admin|root|elevated)|you do not have|you don't have|missing scope|not accessible|blocked by|disallowed|outside (?:of )?(?:the )?(?:allowed|workspace|working)
command_not_found | command not found|executable file not found|not recognized as an internal|is not recognized as the name|no such command
import_error | no module named|cannot (?:find|resolve) (?:module|package|import)|module not found|could not resolve import|importerror|cannot import
server_crashed | crash|core dumped|segmentation fault|sigsegv|sigkill|sigabrt|\bkilled\b|connection closed|process exited|exited unexpectedly|worker (?:died|terminated)|server disconnected|transport closed|terminated unexpectedly|has been closed|stack overflow|signal \d
connection | connection to .{1,200} (?:refused|failed)|connection (?:refused|reset|aborted|error|closed|failed|lost|was)|could not (?:connect|resolve)|cannot connect|can't connect|couldn't connect|unable to connect|failed to connect|not connected|ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|socket hang up|network (?:is )?(?:unreachable|error)|name (?:or service|resolution)|getaddrinfo|no route to host|unreachable|fetch failed|broken pipe|disconnected|dns|no such host|ERR_(?:NAME|CONNECTION|INTERNET|NETWORK|ADDRESS)
test_failure | tests? failed|\d failed|assertion failed|expectation failed
edit_mismatch | string to replace|old_?str(?:ing)?\b|patch (?:failed|does not)|hunk|search block|no match(?:es)? (?:found )?for (?:the )?(?:edit|search)
database | no such (?:table|column)|relation .{1,80} does not exist|constraint|sql syntax|foreign key|unique violation|undefined (?:table|column)|\bORA-\d|migration|invalid column|SQL(?:STATE| error)
dependency | could not resolve dependenc|dependency|no matching (?:version|distribution|manifest)|version conflict|incompatible|unsupported (?:engine|version)|requires (?:python|node|version)|unsatisfiable|not installed|no matching package|is not available for|install(?:ed)? .{1,40}first
config_missing | environment variable|not configured|missing (?:config|required (?:env|setting))|no configuration|config(?:uration)? (?:file )?(?:not found|missing|is missing|error)|must be set|is not (?:currently )?set|not specified|not initiali[sz]ed|\binit\b|no such profile|unset
not_found | not found|no such|does not exist|doesn't exist|could not find|cannot find|can't find|couldn't find|unable to (?:find|locate)|ENOENT|unknown (?:host|user|file|id|model|resource|process)|NoSuch|no .{1,60} found|no .{1,30} named|nonexistent|non-existent|is missing|missing file|was deleted|NotFound|not available|no longer exists|there is no|no agent
syntax | unknown directive|syntax error|syntaxerror|unexpected (?:token|end|indent|identifier|eof)|parse error near|unterminated|unbalanced|invalid syntax|unmatched
parse_error | (?:unable to|could not) (?:load|read) (?:certificate|(?:private |public )?key)|pars(?:e|ing) (?:error|failed)|(?:failed|unable|could not|cannot) (?:to )?(?:parse|decode|deserialize|unmarshal)|invalid (?:json|yaml|xml|toml|utf|csv|character|format)|malformed|not valid json|decode|corrupt|error parsing|unexpected format|not a valid (?:json|zip|image|pdf)|unexpected character
build_error | compilation|compile error|build failed|linker|undefined reference|undeclared|cannot find symbol|does not compile|type ?check
type_error | typeerror|is not a function|is not callable|not iterable|wrong type|type mismatch|unsupported operand|cannot convert|incompatible types
attribute_error | has no attribute|on an undefined value|undefined method|cannot read propert|no attribute|null pointer|nil pointer
lookup_error | index out of (?:range|bounds)|keyerror|key not found|out of bounds
invalid_arguments | invalid|unknown (?:option|flag|argument|command|parameter|field|type|subcommand)|unrecognized|unexpected (?:argument|keyword|parameter|option|field)|missing (?:required|argument|parameter|operand|value)|required (?:parameter|argument|field|property|option)|must (?:be|have|match|not|contain|provide|specify|include)|illegal|bad (?:request|argument|option|value)|usage:|unsupported|not supported|too (?:many|few|long|large|short|small)|is required|not a valid|expected|cannot be|can't be|not allowed|does not accept|should (?:be|match|not)|is not enough|not enough|does not (?:match|add|belong|support)|out of range|mutually exclusive
server_error | internal (?:server )?error|bad gateway|server error|something went wrong|unexpected error|upstream
cancelled | (?:operation|request|task|execution|command|call|job|run|process)s? (?:was |were |has been |is |got )?(?:cancell?ed|aborted|interrupted)|^(?:error: )?(?:cancell?ed|aborted|interrupted)\b|KeyboardInterrupt|AbortError
git_error | ^fatal:|\bgit\b
value_error | division by zero|overflow|recursion|valueerror|panic
""".strip().splitlines()
)
_EXITS = {
    124: ErrorClass.TIMEOUT,
    126: ErrorClass.PERMISSION_DENIED,
    127: ErrorClass.COMMAND_NOT_FOUND,
    130: ErrorClass.CANCELLED,
    132: ErrorClass.SERVER_CRASHED,
    134: ErrorClass.SERVER_CRASHED,
    135: ErrorClass.SERVER_CRASHED,
    136: ErrorClass.SERVER_CRASHED,
    137: ErrorClass.OUT_OF_MEMORY,  # SIGKILL: on Linux nearly always the kernel that is out of memory
    139: ErrorClass.SERVER_CRASHED,
    143: ErrorClass.CANCELLED,
}
_SIGNALS = 128
"""A shell adds the signal's number to it; other starters tell the number as negative code."""
_STATUS_RULES = frozenset({"http-status", "axios-status", "curl-http", "wget-http", "git-http-error"})
_STACKS = ("python", "js", "java", "dotnet", "ruby", "php")
_TYPE_LENGTH = 80
_TYPE_WORDS = re.compile(
    r"(?P<not_found>(?:notfound|doesnotexist|nosuch\w{1,30})(?:error|exception)?$)"
    r"|(?P<already_exists>alreadyexists|duplicate)"
    r"|(?P<timeout>timeout|timedout|deadlineexceeded)"
    r"|(?P<rate_limit>ratelimit|toomanyrequests|throttl)"
    r"|(?P<quota>quota|limitexceeded|billing)"
    r"|(?P<permission_denied>permission|accessdenied|forbidden|notallowed)"
    r"|(?P<auth>authentication|unauthorized|unauthenticated|credential|invalidtoken|expiredtoken)"
    r"|(?P<tls>certificate|ssl|tls)"
    r"|(?P<connection>connection|connecterror|network|unreachable|brokersavailable)"
    r"|(?P<overloaded>unavailable|overloaded)"
    r"|(?P<locked>locked|deadlock)"
    r"|(?P<config_missing>config)"
    r"|(?P<database>integrity|operationalerror)"
    r"|(?P<parse_error>pars(?:e|ing)|decode|deserializ|malformed)"
    r"|(?P<invalid_arguments>validation|badrequest|invalidargument|invalidparameter|schemaerror)"
)
_BARE_TYPES = frozenset({"error", "unhandledpromiserejection"})
"""What JavaScript calls all that is thrown by hand."""
_WIDE_TYPES = frozenset(
    "psqlexception sqlexception operationalerror databaseerror interfaceerror dberror".split()
)
_NOT_OF_DATABASES = frozenset(
    {
        ErrorClass.CONNECTION,
        ErrorClass.AUTH,
        ErrorClass.TIMEOUT,
        ErrorClass.QUOTA,
        ErrorClass.LOCKED,
        ErrorClass.PERMISSION_DENIED,
        ErrorClass.DISK_FULL,
        ErrorClass.TLS,
        ErrorClass.SERVER_CRASHED,
        ErrorClass.OVERLOADED,
    }
)
_OVERFLOW = re.compile(
    r"maximum context length|context (?:limit|window|length)|prompt is too long|input is too long",
    re.IGNORECASE,
)
_BILLING = re.compile(
    r"insufficient[_ ](?:quota|credit)|exceeded your current quota|credit balance|billing",
    re.IGNORECASE,
)
_ARGUMENT = re.compile(
    r"unexpected keyword argument|required (?:positional|keyword-only) argument"
    r"|multiple values for|positional arguments? but",
    re.IGNORECASE,
)


def verdict(text: FailureText, found: Found) -> Verdict:
    """The class of a failure: the extractor's word, then type, status, line, text, exit code."""
    if found.error_class is not None:
        return Verdict(error_class=found.error_class, rule=f"rule:{found.rule}")
    return (
        _by_meaning(text, found)
        or _of_a_database(found)
        or _by_code(found)
        or _by_type(found)
        or _by_status(found.line)
        or _by_system_text(found)
        or _by_words(found.message if found.kind == "api" else masked(found.line).text, where="line")
        or _by_exit(text)
        or _by_text(text, found)
        or _by_stack(found)
        or Verdict(error_class=ErrorClass.UNKNOWN, rule="nothing-fits")
    )


def _by_meaning(text: FailureText, found: Found) -> Verdict | None:
    """What stands behind a code or a type that is used for several things."""
    if found.kind == "api" and (known := _OVERFLOW.search(found.line)):
        return Verdict(error_class=ErrorClass.CONTEXT_OVERFLOW, rule=f"line:{known[0].lower()}")
    if found.kind == "api" and (known := _BILLING.search(found.line)):
        return Verdict(error_class=ErrorClass.QUOTA, rule=f"line:{known[0].lower()}")
    if found.kind == "syntaxerror" and "json" in found.message:
        return Verdict(error_class=ErrorClass.PARSE_ERROR, rule="type:syntaxerror-of-json")
    called_wrongly = found.kind == "typeerror" and found.rule == "typed-line"
    if called_wrongly and text.family != "shell" and _ARGUMENT.search(found.line):
        return Verdict(error_class=ErrorClass.INVALID_ARGUMENTS, rule="type:call-of-a-tool")
    return None


def _by_code(found: Found) -> Verdict | None:
    names = found.identifiers if found.kind == "api" or found.rule in _STATUS_RULES else ()
    for name in (*names, found.kind):
        if known := _CODES.get(name):
            return Verdict(error_class=ErrorClass(known), rule=f"code:{name}")
    for name in names:
        if known := _STATUSES.get(name):
            return Verdict(error_class=ErrorClass(known), rule=f"status:{name}")
    return None


def _by_text(text: FailureText, found: Found) -> Verdict | None:
    """The last resort; not for stacks, where the lines above are the program's own text."""
    if found.rule.startswith((*_STACKS, "api")):
        return None
    return _by_words(text.body[:HEAD], where="text")


def _by_stack(found: Found) -> Verdict | None:
    """An exception of the program's own: other run-time errors of code."""
    if found.kind in _BARE_TYPES and found.rule.startswith("js"):
        return None
    if found.rule.startswith(_STACKS) and not found.kind.endswith("calledprocesserror"):
        return Verdict(error_class=ErrorClass.VALUE_ERROR, rule="stack:own-exception")
    return None


def _by_type(found: Found) -> Verdict | None:
    short = found.kind.rpartition(".")[2].rpartition("\\")[2].rpartition("::")[2]
    if known := _TYPES.get(found.kind) or _TYPES.get(short):
        return Verdict(error_class=known, rule=f"type:{short}")
    if len(short) < _TYPE_LENGTH and (speaking := _TYPE_WORDS.search(short)):
        word = str(speaking.lastgroup)
        return Verdict(error_class=ErrorClass(word), rule=f"type:{short}")
    return None


def _of_a_database(found: Found) -> Verdict | None:
    """Drivers raise one type for all that goes wrong: the words know more."""
    if found.kind.rpartition(".")[2] not in _WIDE_TYPES:
        return None
    told = _by_words(masked(found.line).text, where="line")
    return told if told and told.error_class in _NOT_OF_DATABASES else None


def _by_status(line: str) -> Verdict | None:
    found = _STATUS.search(line)
    status = (found[1] or found[2]) if found else ""
    if known := _STATUSES.get(status):
        return Verdict(error_class=ErrorClass(known), rule=f"status:{status}")
    return None


def _by_system_text(found: Found) -> Verdict | None:
    if "error" not in found.kind:
        return None
    for said, error_class in SYSTEM_TEXTS.items():
        if said in found.message:
            return Verdict(error_class=error_class, rule=f"system:{said}")
    return None


def _by_words(said: str, *, where: str) -> Verdict | None:
    for error_class, pattern in _PATTERNS:
        if found := pattern.search(said):
            return Verdict(error_class=error_class, rule=f"{where}:{found[0].lower()[:60]}")
    return None


def _by_exit(text: FailureText) -> Verdict | None:
    code = text.exit_code or 0
    known = _EXITS.get(code if code >= 0 else _SIGNALS - code)
    if known is None:
        return None
    return Verdict(error_class=known, rule=f"exit:{text.exit_code}")
