"""What HTTP clients, browsers, MCP servers and remote shells say."""

from homeostat.analyze.extract.table import rules

WEB_RULES = rules(r"""
mcp-code | server_crashed | mcp error -32000 | MCP error -32000: Connection closed
mcp-code | timeout | mcp error -32001 | MCP error (?P<id1>-32001)
mcp-invalid-arguments | invalid_arguments | invalid arguments for tool | Invalid arguments for tool (?P<id1>[\w.:/-]{1,120})
mcp-code | not_found | mcp error -32601 | MCP error (?P<id1>-32601)(?::? (?P<say>.{0,60}))?
mcp-code | - | mcp error | MCP error (?P<id1>-?\d{1,6}):? ?(?P<say>.{0,200})
mcp-server | connection | mcp server | MCP server .{1,100} (?:is not connected|not connected|disconnected|failed to start|connection (?:failed|closed))
mcp-server | connection | not connected | ^(?:Error: )?Not connected
ssh-closed | connection | kex_exchange_identification | kex_exchange_identification
ssh-closed | connection | connection closed by | Connection (?P<id1>closed|reset) by (?:remote host|\S{1,80} port)
ssh-refused | - | ssh: connect to host | ssh: connect to host .{1,120}: (?P<say>.{1,80})
mcp-closed | server_crashed | connection closed | (?:^|error: |mcp\b.{0,60})Connection closed
mcp-transport | server_crashed | transport closed | [Tt]ransport (?:is )?closed
mcp-resource | not_found | resource not found | Resource not found
mcp-prompt | not_found | unknown prompt | Unknown prompt: ?(?P<id1>[\w.-]{1,80})
websocket | connection | websocket connection to | WebSocket connection to .{1,200} failed
curl-http | - | the requested url returned error | curl: \((?P<kind>22)\) The requested URL returned error: (?P<id1>\d{3})
curl-resolve | connection | curl: (6) | curl: \(6\)
curl-connect | connection | curl: (7) | curl: \(7\)
curl-timeout | timeout | curl: (28) | curl: \(28\)
curl-tls | tls | curl: (60) | curl: \(60\)(?P<say>.{0,100})
curl-tls | tls | curl: (35) | curl: \(35\)
curl-tls | tls | curl: (51) | curl: \(51\)
curl-url | invalid_arguments | curl: (3) | curl: \(3\)
curl-protocol | invalid_arguments | curl: (1) | curl: \(1\)
curl-empty | connection | curl: (52) | curl: \(52\)
curl-http | - | from proxy after connect | curl: \((?P<kind>56)\) .{0,60}HTTP code (?P<id1>\d{3})
curl-reset | connection | curl: (56) | curl: \(56\)
curl-redirects | server_error | curl: (47) | curl: \(47\)
curl-write | - | curl: (23) | curl: \(23\)
curl-partial | connection | curl: (18) | curl: \(18\)
curl-file | not_found | curl: (37) | curl: \(37\)
curl-read | not_found | curl: (26) | curl: \(26\)
curl-proxy | connection | curl: (5) | curl: \(5\)
curl-login | auth | curl: (67) | curl: \(67\)
curl-option | invalid_arguments | curl: option | curl: option (?P<id1>\S{1,60}): (?P<say>.{1,40})
curl-code | - | curl: ( | curl: \((?P<id1>\d{1,3})\)(?P<say>.{0,120})
wget-http | - | error~ | ERROR (?P<id1>[45]\d\d):
wget-resolve | connection | unable to resolve host address | unable to resolve host address
wget-connect | connection | failed: connection refused | \.\.\. failed: Connection refused
wget-timeout | timeout | failed: connection timed out | \.\.\. failed: Connection timed out
wget-tls | tls | cannot verify | cannot verify .{1,100} certificate
wget-scheme | invalid_arguments | unsupported scheme | Unsupported scheme
axios-status | - | request failed with status code | Request failed with status code (?P<id1>\d{3})
http-status | - | http error | (?:urllib\.error\.)?HTTP ?Error:? (?:code )?(?P<id1>[45]\d\d)\b
http-status | - | fetch failed ( | fetch failed \((?P<id1>[45]\d\d)\)
http-status | - | client error | \b(?P<id1>4\d\d) Client Error
http-status | - | server error | \b(?P<id1>5\d\d) Server Error
http-status | - | client error ' | Client error '(?P<id1>4\d\d)
http-status | - | server error ' | Server error '(?P<id1>5\d\d)
http-status | - | unexpected status | unexpected status(?: code)?:? (?P<id1>[45]\d\d)
http-status | - | status code | (?:bad|got|invalid|returned|with|response|received|non-200|error) (?:HTTP )?status code:? (?P<id1>[45]\d\d)
twilio-login | auth | record: authenticat | Unable to \w{1,20} record: Authenticat
twilio | - | record:~ && unable to~ | Unable to (?P<id1>create|fetch|update|delete) record: (?P<say>.{1,160})
max-retries | - | max retries exceeded | Max retries exceeded with url: .{0,300}Caused by (?P<kind>\w{1,60})\((?P<say>.{0,20})
getaddrinfo | connection | getaddrinfo | getaddrinfo (?P<id1>ENOTFOUND|EAI_AGAIN)
getaddrinfo | connection | name or service not known | Name or service not known
getaddrinfo | connection | temporary failure in name resolution | Temporary failure in name resolution
getaddrinfo | connection | nodename nor servname | nodename nor servname provided
getaddrinfo | connection | no such host | dial tcp: lookup .{1,200} no such host
getaddrinfo | connection | server misbehaving | lookup .{1,200}: server misbehaving
grpc | - | rpc error: code = | rpc error: code = (?P<kind>\w{1,40}) desc = (?P<say>.{0,160})
dial-refused | connection | connect: connection refused | dial (?:tcp|unix) .{1,200}connect: connection refused
dial-timeout | timeout | i/o timeout | (?:dial|read) (?:tcp|udp|unix) .{1,200}i/o timeout
deadline | timeout | context deadline exceeded | context deadline exceeded
deadline | timeout | client.timeout exceeded | Client\.Timeout exceeded
tls-x509 | tls | x509: | x509: (?P<say>.{1,100})
tls-handshake | tls | tls handshake | (?:remote error: )?tls: (?P<say>.{1,80})
timeout-fetching | timeout | exceeded while fetching | timeout of \d{1,9}ms exceeded while fetching
timeout-axios | timeout | timeout of | timeout of \d{1,9} ?ms exceeded
econnrefused | connection | econnrefused | (?:connect )?ECONNREFUSED
econnreset | connection | econnreset | (?:read |socket hang up )?ECONNRESET
other-side | connection | other side closed | other side closed
socket-hang-up | connection | socket hang up | socket hang up
etimedout | timeout | etimedout | ETIMEDOUT
epipe | connection | epipe | write EPIPE
ehostunreach | connection | ehostunreach | EHOSTUNREACH
und-timeout | timeout | und_err_ | (?P<kind>UND_ERR_(?:CONNECT|HEADERS|BODY)_TIMEOUT)
und-socket | connection | und_err_socket | UND_ERR_SOCKET
node-tls | tls | certificate | (?P<kind>UNABLE_TO_VERIFY_LEAF_SIGNATURE|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|CERT_HAS_EXPIRED|UNABLE_TO_GET_ISSUER_CERT_LOCALLY|ERR_TLS_CERT_ALTNAME_INVALID)
fetch-failed | connection | fetch failed | (?:TypeError: )?fetch failed(?! \(\d)
fetch-failed | connection | failed to fetch | TypeError: Failed to fetch
browser-net | - | net::err_ | net::(?P<kind>ERR_[A-Z0-9_]{1,60})
browser-net | connection | ns_error_ | (?P<kind>NS_ERROR_\w{1,60})
browser-missing | dependency | executable doesn't exist at | Executable doesn't exist at
browser-missing | dependency | could not find chrome | Could not find (?:Chrome|Chromium|browser)
browser-missing | dependency | chromium distribution | distribution .{1,40} is not found
browser-libraries | dependency | host system is missing dependencies | Host system is missing dependencies
browser-launch | server_crashed | failed to launch the browser process | Failed to launch the browser process
browser-closed | server_crashed | has been closed | (?:Target|[Pp]age|[Cc]ontext|[Bb]rowser)[\w, ]{0,60} (?:has been )?closed
browser-crashed | server_crashed | page crashed | (?:Page|Target) crashed
browser-in-use | locked | browser is already in use | Browser is already in use
browser-strict | invalid_arguments | strict mode violation | strict mode violation: .{0,200} resolved to \d
browser-intercept | timeout | intercepts pointer events | intercepts pointer events
browser-action-timeout | timeout | ms exceeded | (?P<id1>(?:locator|page|frame|elementHandle|browser|browserContext|browserType)\.\w{1,40}): Timeout \d{1,9}ms exceeded
browser-action-timeout | timeout | timeout~ | Navigation timeout of \d{1,9} ms exceeded
browser-action-timeout | timeout | waiting for selector | Waiting for selector .{1,200} failed(?:: timeout)?
browser-action-timeout | timeout | exceeded | Waiting failed: \d{1,9}ms exceeded
browser-context | server_crashed | execution context was destroyed | Execution context was destroyed
browser-detached | not_found | detached | (?:frame|[Ee]lement|Node).{0,80}(?:detached|is not attached)
browser-detached | not_found | not attached to the | [Ee]lement is not attached to the
browser-ref | not_found | not found in the current page snapshot | Ref .{1,40} not found in the current page snapshot
browser-no-page | not_found | no open page | No open pages?(?: available)?
selenium-driver | dependency | only supports chrome version | only supports Chrome version
selenium | not_found | selenium.common.exceptions.nosuch | selenium\.common\.exceptions\.(?P<kind>NoSuch(?!Driver)\w{1,60}):(?: Message: (?P<say>.{0,100}))?
selenium | - | selenium.common.exceptions | selenium\.common\.exceptions\.(?P<kind>\w{1,60}):(?: Message: (?P<say>.{0,100}))?
selenium-session | server_crashed | session not created | session not created
ssh-resolve | connection | could not resolve hostname | Could not resolve hostname
ssh-denied | auth | permission denied (publickey | Permission denied \((?P<say>publickey)
ssh-denied | auth | permission denied, please try again | Permission denied, please try again
ssh-key-open | permission_denied | unprotected private key file | UNPROTECTED PRIVATE KEY FILE
ssh-toomany | auth | too many authentication failures | Too many authentication failures
ssh-kex | tls | no matching | no matching (?P<id1>key exchange method|host key type|cipher|mac) found
rsync | - | rsync error: | rsync error: (?P<say>.{1,80}?) \(code (?P<id1>\d{1,3})\)
rsync | - | rsync: | rsync: .{0,40}(?P<say>(?:change_dir|mkdir|link_stat|failed to \w{1,20}|connection).{0,20})
scp-lost | connection | lost connection | ^lost connection$
ftp-login | auth | login incorrect | Login incorrect
proxy | connection | proxy | (?:ProxyError|Tunnel connection failed|proxy CONNECT aborted|Unable to connect to proxy)(?P<say>.{0,60})
redirects | server_error | redirects exceeded | number of redirects exceeded
redirects | server_error | too many redirects | [Tt]oo many redirects
url-scheme | invalid_arguments | invalid url | Invalid URL
url-scheme | invalid_arguments | no scheme supplied | No scheme supplied
context-length | context_overflow | maximum context length | maximum context length
context-length | context_overflow | prompt is too long | [Pp]rompt is too long
context-length | context_overflow | exceed context limit | exceed context limit
context-length | context_overflow | context_length_exceeded | context_length_exceeded
context-length | context_overflow | exceeds the maximum number of tokens | exceeds the maximum number of tokens
context-length | context_overflow | input is too long | [Ii]nput is too long
context-length | context_overflow | exceeds the context window | exceeds the context window
context-length | context_overflow | context window | (?:exceed|larger than|too (?:long|large)|ran out of room).{0,80}context window
port-in-use | locked | address already in use | address already in use
port-in-use | locked | eaddrinuse | EADDRINUSE
port-in-use | locked | port is already allocated | port is already allocated
port-in-use | locked | is already in use | \bport:? \d{1,5} is (?:already )?(?:in use|being used)
""")  # noqa: E501  # one rule a row
