"""What databases, queues and data tools say."""

from homeostat.analyze.extract.table import rules

DATA_RULES = rules(r"""
pg-relation | database | relation " | relation \\?"(?P<id1>[^"\\]{1,120})\\?" does not exist
pg-relation-exists | database | relation " | relation \\?"(?P<id1>[^"\\]{1,120})\\?" already exists
pg-column | database | column | column \\?"?(?P<id1>[\w.]{1,120})\\?"? (?:of relation \\?"(?P<id2>[^"\\]{1,120})\\?" )?does not exist
pg-null | database | violates not-null constraint | null value in column "(?P<id1>[^"]{1,120})"(?: of relation "(?P<id2>[^"]{1,120})")? violates not-null
pg-unique | database | violates unique constraint | violates unique constraint "(?P<id1>[^"]{1,120})
pg-foreign-key | database | violates foreign key constraint | violates foreign key constraint "(?P<id1>[^"]{1,120})
pg-check | database | violates check constraint | violates check constraint "(?P<id1>[^"]{1,120})
pg-extension | dependency | open extension control file | could not open extension control file ".{0,300}/(?P<id1>[\w-]{1,80})\.control
pg-function | database | function | function (?P<id1>[\w.]{1,80})\(.{0,120}\) does not exist
pg-type | database | type " | type "(?P<id1>[^"]{1,80})" does not exist
pg-schema | database | schema " | schema "(?P<id1>[^"]{1,80})" does not exist
pg-extension | dependency | extension " | extension "(?P<id1>[^"]{1,80})" is not available
pg-operator | database | operator does not exist | operator does not exist: (?P<say>.{1,60})
pg-syntax | syntax | syntax error at or near | syntax error at or near "(?P<id1>[^"]{1,60})
pg-syntax | syntax | syntax error at end of input | syntax error at end of input
pg-input | database | invalid input syntax for | invalid input syntax for (?:type )?(?P<id1>[\w ]{1,40})
pg-input-enum | database | invalid input value for enum | invalid input value for enum (?P<id1>\w{1,80})
pg-long | database | value too long for type | value too long for type (?P<id1>[\w ]{1,40})
pg-range | database | out of range for type | out of range for type (?P<id1>[\w ]{1,40})
pg-group-by | database | must appear in the group by clause | column "(?P<id1>[^"]{1,120})" must appear in the GROUP BY
pg-ambiguous | database | is ambiguous | column reference "(?P<id1>[^"]{1,120})" is ambiguous
pg-missing-from | database | missing from-clause entry | missing FROM-clause entry for table "(?P<id1>[^"]{1,120})
pg-transaction | database | current transaction is aborted | current transaction is aborted
pg-denied | permission_denied | permission denied for | permission denied for (?P<id1>table|relation|schema|sequence|function|view|language|tablespace|column|type) "?(?P<id2>[\w.]{1,120})
pg-denied | permission_denied | permission denied for | permission denied (?:for (?P<id1>database)|to create (?P<id2>\w{1,20}))
pg-owner | permission_denied | must be owner of | must be owner of (?P<id1>\w{1,20})
pg-nodb | database | does not exist | database "[^"]{1,120}" does not exist
pg-db-exists | already_exists | already exists | database "[^"]{1,120}" already exists
pg-role | auth | does not exist | role "[^"]{1,120}" does not exist
pg-password | auth | password authentication failed | password authentication failed for user
pg-password | auth | no password supplied | no password supplied
pg-peer | auth | authentication failed for user | (?P<id1>Peer|Ident|GSSAPI|LDAP|certificate) authentication failed for user
pg-hba | auth | no pg_hba.conf entry | no pg_hba\.conf entry
pg-toomany | quota | too many clients already | too many clients already
pg-toomany | quota | remaining connection slots are reserved | remaining connection slots are reserved
pg-pool | quota | max client connections | (?:max client connections reached|MaxClientsInSessionMode)
pg-starting | overloaded | the database system is starting up | database system is (?P<id1>starting up|shutting down|in recovery mode)
pg-deadlock | locked | deadlock detected | deadlock detected
pg-lock-timeout | locked | canceling statement due to lock timeout | due to lock timeout
pg-cancelled | cancelled | canceling statement due to user request | canceling statement due to user request
pg-timeout | timeout | canceling statement due to | canceling statement due to (?P<id1>statement timeout|conflict with recovery)
pg-serialize | locked | could not serialize access | could not serialize access
pg-readonly | permission_denied | in a read-only transaction | cannot execute (?P<id1>[\w ]{1,40}) in a read-only transaction
pg-closed | connection | server closed the connection unexpectedly | server closed the connection unexpectedly
pg-closed | connection | terminating connection due to | terminating connection due to (?P<id1>administrator command|idle)
pg-refused | connection | connection refused | (?:connection to server|could not connect to server).{1,200}Connection refused
pg-socket | connection | no such file or directory | connection to server on socket .{1,200} failed: No such file
pg-resolve | connection | could not translate host name | could not translate host name
pg-ssl | tls | does not support ssl | server does not support SSL
pg-version | dependency | server version mismatch | server version mismatch
sqlite-table | database | no such table | no such table: (?P<id1>[\w.]{1,120})
sqlite-column | database | no such column | no such column: "?(?P<id1>[\w.]{1,120})
sqlite-column | database | has no column named | table (?P<id2>\w{1,80}) has no column named (?P<id1>\w{1,80})
sqlite-function | database | no such function | no such function: (?P<id1>\w{1,80})
sqlite-unique | database | unique constraint failed | UNIQUE constraint failed: (?P<id1>[\w., ]{1,160})
sqlite-null | database | not null constraint failed | NOT NULL constraint failed: (?P<id1>[\w., ]{1,160})
sqlite-check | database | check constraint failed | CHECK constraint failed: (?P<id1>[\w., ]{1,160})
sqlite-foreign-key | database | foreign key constraint failed | FOREIGN KEY constraint failed
sqlite-exists | database | already exists | (?P<id2>table|index|view|trigger) [\[`"]?(?P<id1>\w{1,80})[\]`"]? already exists
sqlite-syntax | syntax | : syntax error | near "(?P<id1>[^"]{1,60})": syntax error
sqlite-incomplete | syntax | incomplete input | incomplete input
sqlite-locked | locked | database is locked | database is locked
sqlite-locked | locked | database table is locked | database table is locked
sqlite-readonly | permission_denied | attempt to write a readonly database | attempt to write a readonly database
sqlite-open | not_found | unable to open database file | unable to open database
sqlite-not-db | parse_error | file is not a database | file is (?:encrypted or is )?not a database
sqlite-malformed | parse_error | database disk image is malformed | database disk image is malformed
sqlite-full | disk_full | database or disk is full | database or disk is full
sqlite-values | database | values for | (?:table (?P<id1>\w{1,80}) has \d{1,4} columns but|\d{1,4} values for \d{1,4} columns)
sqlite-bindings | database | incorrect number of bindings | Incorrect number of bindings supplied
sqlite-thread | value_error | sqlite objects created in a thread | SQLite objects created in a thread
mysql-table | database | doesn't exist | Table '[^'.]{1,80}\.(?P<id1>[^']{1,80})' doesn't exist
mysql-column | database | unknown column | Unknown column '(?P<id1>[^']{1,80})' in
mysql-nodb | database | unknown database | Unknown database
mysql-duplicate | database | duplicate entry | Duplicate entry .{1,200} for key '(?P<id1>[^']{1,80})
mysql-null | database | cannot be null | Column '(?P<id1>[^']{1,80})' cannot be null
mysql-default | database | doesn't have a default value | Field '(?P<id1>[^']{1,80})' doesn't have a default
mysql-foreign-key | database | a foreign key constraint fails | foreign key constraint fails .{0,200}CONSTRAINT `(?P<id1>[^`]{1,80})
mysql-long | database | data too long for column | Data too long for column '(?P<id1>[^']{1,80})
mysql-range | database | out of range value for column | Out of range value for column '(?P<id1>[^']{1,80})
mysql-syntax | syntax | you have an error in your sql syntax | You have an error in your SQL syntax
mysql-denied | auth | access denied for user | Access denied for user '[^']{0,80}'@'[^']{0,80}'(?! to database)
mysql-denied-db | permission_denied | access denied for user | Access denied for user '[^']{0,80}'@'[^']{0,80}' to database
mysql-command-denied | permission_denied | command denied to user | (?P<id1>\w{1,20}) command denied to user .{1,120} for table '(?P<id2>[^']{1,80})
mysql-toomany | quota | too many connections | Too many connections
mysql-gone | connection | has gone away | server has gone away
mysql-lost | connection | lost connection to mysql server | Lost connection to (?:MySQL )?server
mysql-connect | connection | can't connect to | Can't connect to (?:local )?(?:MySQL )?server
mysql-timeout | timeout | execution was interrupted | execution was interrupted\W{1,3}(?:max_statement_time|maximum statement execution time) exceeded
mysql-deadlock | locked | deadlock found when trying to get lock | Deadlock found when trying to get lock
mysql-lock-wait | locked | lock wait timeout exceeded | Lock wait timeout exceeded
mysql-packet | quota | max_allowed_packet | max_allowed_packet
mysql-readonly | permission_denied | --read-only option | running with the --(?:super-)?read-only option
mssql-object | database | invalid object name | Invalid object name '(?P<id1>[^']{1,80})
mssql-column | database | invalid column name | Invalid column name '(?P<id1>[^']{1,80})
mssql-login | auth | login failed for user | Login failed for user
oracle-connect | connection | ora-12 | (?P<kind>ORA-12(?:5\d\d|1[56]\d)):
oracle-login | auth | ora-01017 | (?P<kind>ORA-01017):
oracle-rights | permission_denied | ora-01031 | (?P<kind>ORA-01031):
oracle-busy | locked | ora-000 | (?P<kind>ORA-000(?:54|60)):
oracle | database | ora- | (?P<kind>ORA-\d{5}): (?P<say>.{1,120})
mongo-duplicate | database | e11000 | E11000 duplicate key error.{0,200}index: (?P<id1>[\w.$-]{1,80})
mongo-select | connection | mongoserverselectionerror | MongoServerSelectionError: (?P<say>.{1,100})
mongo-select | connection | serverselectiontimeouterror | ServerSelectionTimeoutError
mongo-auth | auth | mongo | Authentication failed\.
mongo-error | - | mongo | (?P<kind>Mongo\w{0,40}Error): (?P<say>.{1,160})
redis-refused | connection | could not connect to redis | Could not connect to Redis at \S{1,200}: (?P<say>.{1,60})
redis-refused | connection | could not connect to redis | Could not connect to Redis
redis-refused | connection | connecting to | Error \d{1,4} connecting to .{1,120}Connection refused
redis-noauth | auth | noauth | NOAUTH Authentication required
redis-wrongpass | auth | wrongpass | WRONGPASS
redis-wrongtype | type_error | wrongtype | WRONGTYPE Operation against a key
redis-oom | out_of_memory | oom command not allowed | OOM command not allowed
redis-readonly | permission_denied | readonly you can't write | READONLY You can't write
redis-loading | overloaded | loading redis is loading | LOADING Redis is loading
redis-noscript | not_found | noscript | NOSCRIPT
redis-misconf | disk_full | misconf redis | MISCONF
redis-moved | connection | (error) moved | MOVED \d
redis-busy | locked | busy redis is busy | BUSY Redis is busy
redis-clients | quota | max number of clients reached | max number of clients reached
redis-command | invalid_arguments | err unknown command | ERR unknown command ['`]?(?P<id1>\w{1,40})
redis-arguments | invalid_arguments | wrong number of arguments for | ERR wrong number of arguments for ['`](?P<id1>[\w|]{1,40})
redis-integer | value_error | value is not an integer or out of range | value is not an integer
redis-nogroup | not_found | nogroup | NOGROUP
elastic-index | not_found | index_not_found_exception | index_not_found_exception
elastic-mapping | invalid_arguments | mapper_parsing_exception | mapper_parsing_exception
elastic-full | quota | maximum normal shards open | maximum (?:normal )?shards open
elastic-readonly | disk_full | read-only / allow delete | read-only / allow delete
elastic-conflict | already_exists | version_conflict_engine_exception | version_conflict_engine_exception
elastic-query | invalid_arguments | parsing_exception | (?P<kind>(?:x_content_)?parsing_exception)
elastic-breaker | out_of_memory | circuit_breaking_exception | circuit_breaking_exception
kafka-topic | not_found | unknown_topic_or_part | UNKNOWN_TOPIC_OR_PART
kafka-broker | connection | nobrokersavailable | NoBrokersAvailable
kafka-broker | connection | could not be established. broker may not be available | Broker may not be available
kafka-leader | overloaded | leader_not_available | LEADER_NOT_AVAILABLE
kafka-size | quota | message_too_large | MESSAGE_TOO_LARGE
kafka-transport | connection | _transport | (?-i:\b_TRANSPORT\b)
rabbit-refused | auth | access_refused | ACCESS_REFUSED
rabbit-notfound | not_found | no queue ' | NOT_FOUND - no queue
rabbit-precondition | invalid_arguments | precondition_failed | PRECONDITION_FAILED - (?P<say>.{1,60})
prisma-connect | connection | error: p100 | Error: (?P<kind>P100[1-3])\b
prisma-connect | connection | code: 'p100 | code: '(?P<kind>P100[1-3])\b
prisma-auth | auth | error: p1000 | Error: (?P<kind>P1000)\b
prisma | database | code: 'p | code: '(?P<kind>P[1-6]\d{3})\b
prisma | database | error: p | Error: (?P<kind>P[1-6]\d{3})\b
prisma | database | error p | error (?P<kind>P[1-6]\d{3})\b
prisma-client | dependency | did not initialize yet | did not initialize yet\. Please run "prisma generate
alembic-head | database | can't locate revision | Can't locate revision
alembic-heads | database | multiple head revisions | Multiple head revisions
alembic-date | database | target database is not up to date | Target database is not up to date
django-host | permission_denied | invalid http_host header | Invalid HTTP_HOST header
django-migrate | database | unapplied migration | unapplied migration
dbt-model | not_found | which was not found | depends on a (?P<id1>node|source) named .{1,120} which was not found
clickhouse-table | database | db::exception: table | DB::Exception: Table (?:\w{1,80}\.)?(?P<id1>\w{1,80}) (?P<say>does not exist|already exists)
clickhouse-memory | out_of_memory | db::exception && memory_limit | DB::Exception: .{0,200}MEMORY_LIMIT
clickhouse-timeout | timeout | db::exception && timeout_exceeded | DB::Exception: .{0,200}TIMEOUT_EXCEEDED
clickhouse-auth | auth | db::exception && authentication | DB::Exception: .{0,100}Authentication failed
clickhouse-syntax | syntax | db::exception: syntax | DB::Exception: Syntax error
clickhouse | database | db::exception | DB::Exception: (?!Received from)(?P<say>.{1,160})
snowflake | database | sql compilation error | SQL compilation error:?(?P<say>.{0,100})
duckdb-catalog | database | catalog error | Catalog Error: (?P<id2>\w{1,20}) with name (?P<id1>\w{1,80}) does not exist
duckdb-binder | database | binder error | Binder Error: (?P<say>.{1,120})
duckdb-parser | syntax | parser error | Parser Error: (?P<say>.{1,120})
sql-error | - | error: in prepare, | Error: in prepare, (?P<say>.{1,200})
sql-error | - | error: stepping, | Error: stepping, (?P<say>.{1,200})
sql-error | - | error near line | ^(?:Parse|Runtime) error near line \d{1,6}: (?P<say>.{1,200})
sql-error | - | error:~~ | ^(?:psql:.{1,300}: )?ERROR:  (?! )(?P<say>.{1,200})
""")  # noqa: E501  # one rule a row
