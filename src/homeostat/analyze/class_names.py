"""What names and numbers say about a failure: exception types, services' codes, HTTP, exits."""

import re
from collections.abc import Mapping

from homeostat.model.signature import ErrorClass


def _by_class(table: str) -> Mapping[str, ErrorClass]:
    """A class stands on a line of its own, its names are indented below it."""
    found: dict[str, ErrorClass] = {}
    error_class = ErrorClass.UNKNOWN
    for line in table.strip().splitlines():
        if line[0] == " ":
            found.update(dict.fromkeys(line.split(), error_class))
        else:
            error_class = ErrorClass(line)
    return found


# The last part of an exception's name, in lower case.
TYPES = _by_class("""
import_error
    importerror modulenotfounderror
type_error
    typeerror classcastexception typeconversionerror
attribute_error
    attributeerror nomethoderror frozeninstanceerror nullpointerexception nullreferenceexception
lookup_error
    columnnotfounderror
    keyerror indexerror lookuperror arrayindexoutofboundsexception indexoutofboundsexception
    stringindexoutofboundsexception nosuchelementexception keynotfoundexception
    argumentoutofrangeexception nosuchoptionerror out_of_range
    werkzeug.routing.exceptions.builderror
value_error
    valueerror nameerror unboundlocalerror zerodivisionerror overflowerror recursionerror
    assertionerror notimplementederror runtimeerror arithmeticexception
    illegalargumentexception illegalstateexception numberformatexception referenceerror
    argumenterror frozenerror dividebyzeroexception invalidoperationexception
    floatingpointerror stackoverflowerror stopasynciteration linalgerror
    concurrentmodificationexception unsupportedoperationexception interpretererror
    argumentexception argumentnullexception notimplementedexception typeguarderror rangeerror
    invalidoperation systemstackerror fibererror localjumperror zerodivision
    divisionbyzeroerror stopiteration undefinederror invalidstateerror
    urierror undefvarerror matcherror functionclauseerror undefinedfunctionerror arithmeticerror
    io.unsupportedoperation detachedinstanceerror missinggreenlet unmappedinstanceerror
    tensorflow.python.framework.errors_impl.invalidargumenterror
syntax
    syntaxerror indentationerror taberror templatesyntaxerror
parse_error
    contenttypeerror
    jsondecodeerror unicodedecodeerror unicodeencodeerror unicodeerror parseerror parsererror
    scannererror yamlerror tomldecodeerror binasciierror baddata badzipfile badgzipfile
    expaterror csverror lexererror jsonparseexception xmlsyntaxerror jsonexception
    unpicklingerror composererror constructorerror decodeerror protocolbuffererror
    malformedinputexception jsonmappingexception unidentifiedimageerror emptydataerror
    agentparsingerror outputparserexception parsingerror missingsectionheadererror
    duplicateoptionerror invalidjsonerror jsonschemadecodeerror ndjsondecodeerror arrowinvalid
    tarfile.readerror
connection
    err_empty_response
    readerror connectionerror connectionrefusederror connectionreseterror connecterror
    brokenpipeerror connectionabortederror remotedisconnected gaierror newconnectionerror
    apiconnectionerror incompleteread chunkedencodingerror connectexception
    unknownhostexception clientconnectorerror clientconnectionerror nameresolutionerror
    remoteprotocolerror proxyerror serverdisconnectederror noroutetohostexception
    connectionclosed connectionclosederror unavailable endpointconnectionerror herror eoferror
    connectionexception connectionfailure autoreconnect serverselectiontimeouterror
    mongoserverselectionerror mongonetworkerror communicationsexception protocolerror
    maxretryerror
not_found
    filenotfounderror filenotfoundexception nosuchfileexception doesnotexist notfounderror
    objectdoesnotexist noresultfound nosuchbucket nosuchkey resourcenotfoundexception notfound
    directorynotfoundexception templatenotfound dagnotfound nosuchentity
    selenium.common.exceptions.nosuchelementexception unknownobjectexception
    processlookuperror
permission_denied
    err_blocked_by_client err_blocked_by_response err_blocked_by_administrator
    permissionerror accessdeniedexception accessdenied accessdeniederror permissiondenied
    permissiondeniederror notcapable unauthorizedaccessexception forbidden suspiciousoperation
    unauthorizedoperation permissiondeniedexception accesscontrolexception
auth
    authenticationerror autherror unauthorized unauthenticated nocredentialserror invalidtoken
    expiredsignatureerror expiredtoken authenticationfailed authenticationexception
    expiredtokenexception unrecognizedclientexception invalidclienttokenid
    invalidsignatureexception invalidsignatureerror signaturedoesnotmatch refresherror
    defaultcredentialserror partialcredentialserror passwordrequired badcredentialsexception
    invalidaccesskeyid ldapbinderror
already_exists
    fileexistserror fileexistsexception alreadyexists alreadyexistserror bucketalreadyexists
    bucketalreadyownedbyyou entityalreadyexists resourceinuseexception
    filealreadyexistsexception resourceexistserror
timeout
    err_timed_out err_connection_timed_out
    timeouterror readtimeout connecttimeout timeout timeoutexpired apitimeouterror
    readtimeouterror connecttimeouterror pooltimeout timeoutexception sockettimeoutexception
    deadlineexceeded asynciotimeouterror requesttimeout writetimeout queryexecutiontimeout
    servertimeouterror httptimeoutexception timeoutoccurred
tls
    err_ssl_protocol_error
    sslerror sslcertverificationerror certificateerror sslhandshakeexception sslexception
    certificateexception sslzeroreturnerror clientconnectorcertificateerror
rate_limit
    ratelimiterror toomanyrequests throttlingexception throttling ratelimitexceeded
    ratelimitexceedederror requestlimitexceeded provisionedthroughputexceededexception
    slowdown toomanyrequestsexception throttled toomanyrequestserror resourceexhausted
quota
    limitexceededexception quotaexceeded servicequotaexceededexception insufficientquota
    quotaexceededexception limitexceeded quotaexceedederror instancelimitexceeded
    vcpulimitexceeded toomanyconnectionserror accountquotaexceeded quotaexceedexception
    toomanybuckets
overloaded
    serviceunavailable serviceunavailableerror overloadederror serviceunavailableexception
    insufficientinstancecapacity serverbusy
server_error
    err_too_many_redirects err_http_response_code_failure
    internalservererror internalerror internalfailure badgateway internal
    internalserverexception apistatuserror toomanyredirects
database
    sql-error
    analysisexception integrityerror programmingerror undefinedtable undefinedcolumn uniqueviolation
    sqlalchemy.exc.invalidrequesterror
    notnullviolation foreignkeyviolation dataerror notsupportederror
    sqlsyntaxerrorexception sqlexception psqlexception checkviolation duplicatetable
    statementinvalid recordinvalid recordnotunique databaseerror intfielddataerror
    operationfailure duplicatekeyerror mongoservererror bulkwriteerror validationexceptiondb
    jdbcsqlsyntaxerrorexception constraintviolationexception invalidtextrepresentation
    dataintegrityviolationexception sqlintegrityconstraintviolationexception
out_of_memory
    memoryerror outofmemoryerror outofmemoryexception bad_alloc
invalid_arguments
    err_unknown_url_scheme err_disallowed_url_scheme err_unsafe_port
    validationerror invalidparameterexception validationexception invalidparametervalue
    invalidargument badrequest badrequesterror clickexception badparameter usageerror
    malformedpolicydocument invalidargumentexception requestvalidationerror
    unprocessableentityerror badrequestexception parameterizationerror missingschema
    invalidschema invalidurl paramvalidationerror unsupportedformatexception
    inputvalidationerror invalidselectorexception toolinputerror zoderror unsupportedoperation
    isadirectoryerror notadirectoryerror missingparameter jsonschemavalidationerror
    illegalargumenterror samefileerror invalidrequesterror carderror
    invalidheader invalidproxyurl locationparseerror locationvalueerror
cancelled
    err_aborted
    keyboardinterrupt cancellederror cancelled aborterror aborted operationcanceledexception
    taskcanceledexception interruptedexception
server_crashed
    brokenprocesspool workerlosterror targetclosederror brokenexecutor processexitedwithcode
    workerdiederror kerneldiederror deadkernelerror
config_missing
    improperlyconfigured configurationerror configerror noregionerror profilenotfound
    missingconfigexception settingserror appregistrynotready nosectionerror nooptionerror
dependency
    distributionnotfound versionconflict packagenotfounderror unsatisfiableerror
    unsupportedclassversionerror nosuchmoduleerror
    resolutionimpossible noclassdeffounderror contextualversionconflict
locked
    lockerror deadlockdetected locktimeout locknotavailable serializationfailure
    conditionalcheckfailedexception blockingioerror optimisticlockexception
    staleobjectstateexception concurrentmodification operationaborted
context_overflow
    contextwindowexceedederror contextlengthexceedederror
command_not_found
    commandnotfoundexception
unknown
    calledprocesserror
build_error
    compileerror compilationerror compilationfailure
""")

# What services call their errors; the exact words are looked up, never parts of them.
CODES = _by_class("""
rate_limit
    rate_limit_exceeded rate_limit_error ratelimited rate_limited too_many_requests
    resource_exhausted rate_limit lock_timeout
quota
    quotaexceeded insufficient_quota billing_hard_limit_reached quota_exceeded billing_error
    credit_balance_too_low payment_required billing_not_active insufficient_credits
    storage_limit_reached skunotavailable operationnotallowed
overloaded
    overloaded_error engine_overloaded server_overloaded service_unavailable serverbusy
server_error
    api_error server_error internal_error internal internal_server_error fatal_error
auth
    authentication_error invalid_api_key invalid_auth not_authed unauthenticated token_expired
    token_revoked account_inactive invalid_token unauthorized invalid_grant invalid_client
    invalid_credentials expired_token api_key_expired bad_credentials api_key_invalid
    auth_required not_authenticated login_required invalid_access_token
    authentication_required invalid_signature
permission_denied
    permission_error permission_denied forbidden missing_scope not_allowed no_permission
    restricted_action not_in_channel access_denied insufficient_scope insufficient_permissions
    service_disabled
    is_archived ekm_access_denied team_access_not_granted accessdenied authorizationfailed
invalid_arguments
    cant_invite_self validation_error idempotency_error invalid_request bad_request
    invalid_argument invalid_arguments parameter_missing validation_failed
    parameter_invalid_integer parameter_unknown no_text msg_too_long invalid_blocks
    invalid_params failed_precondition out_of_range unsupported_parameter invalid_type
    unsupported_value card_declined expired_card incorrect_cvc amount_too_small
    unprocessable_entity card_error invalid_parameter missing_parameter
    parsing_exception mapper_parsing_exception deploymentfailed graphql_validation_failed
not_found
    object_not_found not_found_error not_found model_not_found channel_not_found
    user_not_found resource_missing message_not_found users_not_found file_not_found
    thread_not_found resourcenotfound resourcegroupnotfound index_not_found_exception
already_exists
    already_exists name_taken already_reacted already_in_channel conflict
locked
    conflict_error idempotency_key_in_use aborted
context_overflow
    context_length_exceeded string_above_max_length request_too_large
timeout
    deadline_exceeded timeout request_timeout timeout_error gateway_timeout
cancelled
    cancelled
connection
    nosuchhost
syntax
    graphql_parse_failed
""")

# HTTP's status codes (RFC 9110), and what proxies add to them.
STATUSES = _by_class("""
invalid_arguments
    400 405 406 411 412 413 414 415 416 422
auth
    401 407
quota
    402
permission_denied
    403 451
not_found
    404 410
timeout
    408 504 522 524
already_exists
    409
locked
    423
dependency
    424
rate_limit
    425 429
server_error
    500 501 502 508 520
overloaded
    503 529
disk_full
    507
connection
    521 523
tls
    525 526
""")

# What the package of an exception of no known name is for; the longest name that fits counts.
MODULES = _by_class("""
parse_error
    struct binascii zlib lzma bz2 gzip zipfile tarfile csv json yaml toml tomllib xml lxml pickle
    plistlib msgpack html email.errors wave orjson ujson simplejson configparser cbor2 avro
    google.protobuf pil pypdf pypdf2 pdfminer openpyxl docx pptx xlrd
    bs4 feedparser codecs quopri marshal _csv
database
    sqlalchemy sqlite3 psycopg psycopg2 asyncpg pymysql mysqldb mysql.connector django.db peewee
    pymongo duckdb cx_oracle oracledb pyodbc alembic clickhouse_connect clickhouse_driver
    snowflake.connector tortoise _mysql_exceptions aiosqlite pg8000 trino activerecord pg mysql2
connection
    requests httpx httpcore urllib3 aiohttp websockets socket http.client paramiko smtplib imaplib
    ftplib poplib telnetlib pika kafka redis urllib websocket asyncssh aioredis ldap3 nntplib
invalid_arguments
    click typer argparse getopt pydantic pydantic_core jsonschema marshmallow cerberus voluptuous
    optparse attrs.exceptions docopt
auth
    jwt oauthlib google.auth authlib itsdangerous
tls
    ssl cryptography.x509 certifi openssl
git_error
    git
syntax
    re sre_constants regex lark pyparsing
config_missing
    dotenv decouple environ hydra omegaconf dynaconf
""")

# SQL's five characters (ISO 9075 and PostgreSQL's), by their first two or as a whole.
SQLSTATES = _by_class("""
connection
    08 57P01 57P02 57P03
database
    21 22 23 42 3D 3F 44 2B 34 0A
auth
    28
permission_denied
    42501 25006
syntax
    42601
locked
    40 55
disk_full
    53100
out_of_memory
    53200
quota
    53 54
timeout
    57014
server_error
    58 XX
""")
SQLSTATE = re.compile(
    r"\bSQLSTATE\W{1,3}([0-9A-Z]{5})\b|\bcode\W{1,5}['\"]([0-9A-Z]\d[0-9A-Z]{2}\d)\\?['\"]"
    r"|^ERROR:\s{1,3}([0-9A-Z]{5}): |^ERROR \d{4,5} \(([0-9A-Z]{5})\)",
    re.IGNORECASE,
)

# What an exception of no known name says by parts of its name; the groups are the classes.
TYPE_WORDS = re.compile(
    r"(?P<auth>(?:invalid|expired|unrecognized)\w{0,20}(?:token|signature|key|credential|client)"
    r"|(?:token|signature|credential|session|login|auth)s?(?:has|is)?"
    r"(?:expired|invalid|revoked|required|missing|notfound)|invalidsession|sessioninvalid|timetooskewed)"
    r"|(?P<not_found>notfound|doesnotexist|nosuch|unknownhost$|notexist)"
    r"|(?P<already_exists>alreadyexists|duplicate|nameinuse|nametaken)"
    r"|(?P<out_of_memory>outofmemory|oomkill)"
    r"|(?P<context_overflow>context(?:window|length)exceeded|contextoverflow)"
    r"|(?P<timeout>timeout|timedout|timelimit|deadlineexceeded)"
    r"|(?P<rate_limit>ratelimit|toomanyrequests|throttl|resourceexhausted)"
    r"|(?P<quota>quota|limitexceeded|billing|exceeded(?:exception|error)?$|toolarge|toomany)"
    r"|(?P<permission_denied>permission|denied|accessdisabled|forbidden|notallowed|notauthorized|unauthorizedop)"
    r"|(?P<auth_>authentication|unauthorized|unauthenticated|credential|notloggedin|login)"
    r"|(?P<tls>certificate|^ssl|^tls|sslerror)"
    r"|(?P<connection>connection|connecterror|network(?:error|exception|failure|timeout)|unreachable|brokersavailable|disconnected"
    r"|hostexception)"
    r"|(?P<overloaded>unavailable|overloaded|capacity)"
    r"|(?P<locked>locked|deadlock|tolock|inuse$|inuseexception|dependencyviolation|(?<!b)lockexception)"
    r"|(?P<import_error>importerror|modulenot|classnotfound)"
    r"|(?P<config_missing>config(?!pars)|missing\w{0,20}(?:key|setting|env)|notinitialized|uninitialized)"
    r"|(?P<database>integrity|operationalerror|constraint|sqlerror"
    r"|(?:constraint|key|unique|null|check|integrity)violation)"
    r"|(?P<type_error>noloop|casting|castexception|typemismatch)"
    r"|(?P<syntax>syntax)"
    r"|(?P<parse_error>pars(?:e|ing)|decode|decoding|deserializ|malformed|corrupt|unmarshal|^(?:yaml|json|xml|toml|csv)\w{0,20}(?:error|exception)$)"
    r"|(?P<invalid_arguments>validation|badrequest|invalid(?:argument|parameter|request|input)"
    r"|schemaerror|missingparam|^illegal|(?:incorrect|invalid)\w{0,30}state|unknown(?:service|operation|option|argument|parameter|field|command|method)|notempty|unsupported|missingrequired)"
    r"|(?P<server_crashed>crash|terminated|workerlost)"
    r"|(?P<cancelled>cancell?ed|interrupted)"
)

_SIGNALS = 128
"""A shell adds the signal's number to it; other starters tell the number as negative code."""


def signal_or_code(exit_code: int | None) -> int:
    """An exit code as shells tell it; 0 when there is none."""
    code = exit_code or 0
    return code if code >= 0 else _SIGNALS - code


# What a shell says of a child: 128 and the number of the signal, or its own codes.
EXITS = {
    124: ErrorClass.TIMEOUT,
    126: ErrorClass.PERMISSION_DENIED,
    127: ErrorClass.COMMAND_NOT_FOUND,
    130: ErrorClass.CANCELLED,
    132: ErrorClass.SERVER_CRASHED,
    134: ErrorClass.SERVER_CRASHED,
    135: ErrorClass.SERVER_CRASHED,
    136: ErrorClass.SERVER_CRASHED,
    # SIGKILL: on Linux nearly always the kernel that has run out of memory.
    137: ErrorClass.OUT_OF_MEMORY,
    139: ErrorClass.SERVER_CRASHED,
    142: ErrorClass.TIMEOUT,
    143: ErrorClass.CANCELLED,
}
