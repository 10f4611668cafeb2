"""Made-up secrets of many providers in many wrappings.

Nothing here is or was real. Beginnings are put together at run time, so that this file trips
no scanner of sources.
"""

import base64
import json
import random
import string
import uuid
from collections.abc import Callable, Iterator
from typing import NamedTuple
from urllib.parse import quote

LETTERS = string.ascii_letters
ALNUM = LETTERS + string.digits
URL_SAFE = ALNUM + "-_"
BASE64 = ALNUM + "+/"
HEX = "0123456789abcdef"
UPPER = string.ascii_uppercase + string.digits


class Made(NamedTuple):
    """A text with the secret that stands in it; an empty secret: there is none."""

    kind: str
    wrapping: str
    text: str
    secret: str


Chance = random.Random
Make = Callable[[Chance], str]


def some(chance: Chance, alphabet: str, length: int) -> str:
    return "".join(chance.choice(alphabet) for _ in range(length))


def shaped(beginning: str, alphabet: str, length: int, end: str = "") -> Make:
    """A maker of tokens that begin in one way; `+` in the beginning only splits it here."""
    return lambda chance: beginning.replace("+", "") + some(chance, alphabet, length) + end


def mixed_password(chance: Chance) -> str:
    word = chance.choice(["Harbor", "Violet", "Quartz", "Meadow", "Copper", "Timber"])
    return chance.choice([
        word + some(chance, string.digits, 4) + chance.choice("!#_"),
        some(chance, ALNUM + "_-.", 12) + "7k",
        some(chance, string.ascii_lowercase, 5) + some(chance, string.digits, 5),
        some(chance, ALNUM, 16) + "4",
    ])  # fmt: skip


def jwt(chance: Chance) -> str:
    head = base64.urlsafe_b64encode(b'{"typ":"JWT","alg":"RS256"}').decode().rstrip("=")
    body = json.dumps({"iss": "tests", "sub": some(chance, HEX, 12)}).encode()
    middle = base64.urlsafe_b64encode(body).decode().rstrip("=")
    return f"{head}.{middle}.{some(chance, URL_SAFE, 86)}"


def key_block(chance: Chance) -> str:
    kind = chance.choice(["RSA ", "EC ", "OPENSSH ", "ENCRYPTED ", ""]) + "PRIVATE" + " KEY"
    lines = "\n".join(some(chance, BASE64, 64) for _ in range(chance.choice([3, 8, 20])))
    return f"-----BEGIN {kind}-----\n{lines}\n{some(chance, BASE64, 30)}==\n-----END {kind}-----"


def uuid_of(chance: Chance) -> str:
    return str(uuid.UUID(int=chance.getrandbits(128), version=4))


# Tokens that give themselves away: they are put into wrappings that say nothing.
TOKENS: dict[str, Make] = {
    "gitlab": shaped("gl+pat-", URL_SAFE, 20),
    "npm": shaped("np+m_", ALNUM, 36),
    "pypi": shaped("py+pi-AgEIcHlwaS5vcmc", URL_SAFE, 110),
    "huggingface": shaped("h+f_", LETTERS, 34),
    "sendgrid": lambda c: f"S{'G'}.{some(c, URL_SAFE, 22)}.{some(c, URL_SAFE, 43)}",
    "digitalocean": shaped("do+p_v1_", HEX, 64),
    "databricks": shaped("da+pi", HEX, 32),
    "github-fine": shaped("github_+pat_11", ALNUM, 20, "_" + "Q7" * 29),
    "openai-service": shaped("sk-+svcacct-", URL_SAFE, 60),
    "anthropic-admin": shaped("sk-+ant-admin01-", URL_SAFE, 95),
    "openrouter": shaped("sk-+or-v1-", HEX, 64),
    "groq": shaped("gs+k_", ALNUM, 52),
    "xai": shaped("xa+i-", ALNUM, 80),
    "replicate": shaped("r+8_", ALNUM, 37),
    "perplexity": shaped("pp+lx-", ALNUM, 48),
    "slack-user": lambda c: (
        f"xo{'xp'}-{'-'.join(some(c, string.digits, 12) for _ in range(3))}-" + some(c, HEX, 32)
    ),
    "slack-app": lambda c: (
        f"xa{'pp'}-1-A0{some(c, UPPER, 9)}-{some(c, string.digits, 13)}-" + some(c, HEX, 64)
    ),
    "stripe-restricted": shaped("rk_+live_", ALNUM, 99),
    "shopify": shaped("shp+at_", HEX, 32),
    "linear": shaped("lin_+api_", ALNUM, 40),
    "notion": shaped("nt+n_", ALNUM, 46),
    "vault": shaped("hv+s.", URL_SAFE, 95),
    "atlassian": shaped("AT+ATT3xFfGF0", URL_SAFE, 170, "=4F1A2B3C"),
    "newrelic": shaped("NR+AK-", UPPER, 27),
    "postman": lambda c: f"PM{'AK'}-{some(c, HEX, 24)}-{some(c, HEX, 34)}",
    "figma": shaped("fi+gd_", URL_SAFE, 40),
    "docker": shaped("dck+r_pat_", URL_SAFE, 27),
    "grafana": lambda c: f"gl{'sa'}_{some(c, ALNUM, 32)}_{some(c, HEX, 8)}",
    "aws-session-id": shaped("AS+IA", UPPER.replace("0", "").replace("1", ""), 16),
    "google-oauth": shaped("GO+CSPX-", URL_SAFE, 28),
    "google-access": shaped("ya+29.a0", URL_SAFE, 160),
    "telegram": lambda c: f"{c.randint(10**9, 9 * 10**9)}:{'AA'}{some(c, URL_SAFE, 33)}",
    "discord": lambda c: f"MT{some(c, ALNUM, 24)}.G{some(c, ALNUM, 5)}.{some(c, URL_SAFE, 38)}",
    "azure-ad": lambda c: f"{some(c, ALNUM, 3)}8Q{'~'}{some(c, ALNUM, 34)}",
    "tailscale": lambda c: f"ts{'key'}-auth-k{some(c, ALNUM, 10)}CNTRL-{some(c, ALNUM, 32)}",
    "terraform": lambda c: f"{some(c, ALNUM, 14)}.atlas{'v1'}.{some(c, ALNUM, 67)}",
    "doppler": shaped("dp.+st.prd.", ALNUM, 43),
    "supabase": shaped("sb+p_", HEX, 40),
    "age": shaped("AGE-SECRET-+KEY-1", "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L", 58),
    "square": shaped("sq0+atp-", URL_SAFE, 22),
    "buildkite": shaped("bk+ua_", HEX, 40),
    "planetscale": shaped("pscale_+tkn_", URL_SAFE, 43),
    "jwt": jwt,
}
# Values that only their name, place or header makes secret.
VALUES: dict[str, Make] = {
    "password": mixed_password,
    "opaque": lambda c: some(c, ALNUM, c.choice([20, 28, 43, 64])) + "9b",
    "hex": lambda c: some(c, HEX, c.choice([24, 32, 48, 64])) + "7d",
    "base64": lambda c: base64.b64encode(c.randbytes(32)).decode(),
    "url-safe": lambda c: some(c, URL_SAFE, 43) + "3q",
}
_ANY = {**TOKENS, "opaque": VALUES["opaque"], "hex": VALUES["hex"], "url-safe": VALUES["url-safe"]}

# S is the secret. What stands around a token that gives itself away tells nothing.
SILENT = {
    "prose": "I tried it with S and the server said no.",
    "log": "2026-11-20T09:14:02Z WARN client.go:88 rejected S from 10.1.4.7",
    "parenthesis": "login failed (S), retrying in 5 s",
    "traceback": 'File "/srv/main.py", line 41, in connect\n    client = Client("S")\nError: 401',
    "diff": "@@ -3,7 +3,7 @@\n-    x = load()\n+    x = 'S'\n     return x",
    "argv": "['/usr/bin/tool', 'push', 'S', '--force']",
    "markdown": "| service | value |\n|---|---|\n| prod | `S` |",
    "table": "id    name     value\n17    deploy   S",
    "list": "- S\n- second\n",
    "json-array": '["deploy", "S", 3]',
    "escaped": '{"stdout": "line one\\nS\\nline three"}',
    "twice-escaped": '{"a": "{\\"b\\": \\"S\\"}"}',
    "path-end": "https://api.test/v2/bots/S/send",
    "query-odd": "GET /cb?x=S&y=2 HTTP/1.1",
    "fragment": "https://app.test/#x=S",
    "xml": "<item id='4'>S</item>",
    "quoted-shell": "node deploy.js 'S' --region eu",
    "comment": "# S  (rotate me)",
    "glued": "value=S;next=1",
    "encoded": "state%3DS%26next%3D1",
}
# Here the name, the place or the header tells.
TELLING = {
    "env": "HOME=/root\nINTERNAL_API_TOKEN=S\nTERM=xterm",
    "declare": 'declare -x LANG="C.UTF-8"\ndeclare -x SMTP_PASSWORD="S"\n',
    "fish": "set -x SERVICE_TOKEN S",
    "powershell": '$env:SERVICE_TOKEN = "S"',
    "docker-e": "docker run --rm -e DB_PASSWORD=S -p 8080:80 app:latest",
    "compose": "services:\n  db:\n    environment:\n      - POSTGRES_PASSWORD=S\n      - TZ=UTC",
    "dockerfile": "FROM alpine\nENV NPM_TOKEN=S\nRUN make",
    "yaml-nested": "smtp:\n  auth:\n    user: ada\n    pass: S\n",
    "yaml-quoted": 'stages:\n  - name: live\n    api_key: "S"\n',
    "toml": '[registry]\nindex = "https://r.test"\ntoken = "S"\n',
    "ini": "[mail]\nhost = mx.test\npassword = S\n",
    "properties": "spring.datasource.url=jdbc:h2:mem\nspring.datasource.password=S\n",
    "json": '{"clientId": "abc", "clientSecret": "S", "scopes": ["a"]}',
    "json-escaped": '{"body": "{\\"user\\": \\"ada\\", \\"password\\": \\"S\\"}"}',
    "json-in-json-in-json": '"{\\"b\\":\\"{\\\\\\"secret_key\\\\\\":\\\\\\"S\\\\\\"}\\"}"',
    "python-dict": "{'host': 'db', 'password': 'S', 'port': 5432}",
    "python-keyword": "conn = connect(host='db', user='ada', password='S')",
    "python-name": 'AUTH_TOKEN = "S"  # staging',
    "js-object": "const c = new Client({ apiKey: 'S', region: 'eu' });",
    "go": 'cfg := Config{\n\tUser:     "ada",\n\tPassword: "S",\n}',
    "ruby": 'config = { :user => "ada", :password => "S" }',
    "php": "define('DB_PASSWORD', 'S');",
    "xml-element": "<server><username>ada</username><password>S</password></server>",
    "xml-attribute": '<add key="smtp" user="ada" password="S" />',
    "bearer": "curl -sS -H 'Authorization: Bearer S' https://api.test/v1/me",
    "verbose": "> GET /v1/me HTTP/2\n> Host: api.test\n> authorization: Bearer S\n> accept: */*",
    "header-key": 'curl -H "X-Api-Key: S" https://api.test',
    "header-private": "curl --header 'PRIVATE-TOKEN: S' https://git.test/api/v4/projects",
    "header-dict": "headers={'User-Agent': 'x/1', 'Authorization': 'token S'}",
    "header-list": '[["accept", "*/*"], ["authorization", "Bearer S"]]',
    "httpie": "http GET api.test/me 'Authorization:Bearer S'",
    "cookie": "Cookie: theme=dark; session_token=S; lang=de",
    "set-cookie": "set-cookie: connect.sid=S; Path=/; HttpOnly; SameSite=Lax",
    "form": "grant_type=client_credentials&client_id=web&client_secret=S&scope=all",
    "form-data": "curl -d 'username=ada' -d 'password=S' https://app.test/login",
    "json-data": """curl -X POST -d '{"email":"a@b.test","password":"S"}' https://app.test""",
    "query": "GET https://maps.test/geo?q=Bern&access_token=S&lang=de 200",
    "query-encoded": "next=https%3A%2F%2Fapp.test%2Fcb%3Faccess_token%3DS%26x%3D1",
    "flag-equals": "deploy --env prod --api-key=S --yes",
    "flag-blank": "deploy --env prod --token S --yes",
    "argv-list": "['deploy', '--password', 'S', '--yes']",
    "argv-json": '{"argv": ["deploy", "--token", "S", "-v"]}',
    "user": "curl -u deploy:S https://files.test/up",
    "sshpass": "sshpass -p S ssh ada@host uptime",
    "mysql": "mysqldump -uroot -pS shop > shop.sql",
    "redis-cli": "redis-cli -h cache -a S ping",
    "from-literal": "kubectl create secret generic db --from-literal=password=S",
    "helm": "helm upgrade app ./chart --set postgresql.auth.password=S",
    "terraform": 'terraform apply -var="db_password=S"',
    "java": "java -Djavax.net.ssl.keyStorePassword=S -jar app.jar",
    "stdin": "echo 'S' | docker login -u ada --password-stdin registry.test",
    "ansible": 'ansible-playbook site.yml -e "ansible_become_password=S"',
    "gpg": "gpg --batch --passphrase S -d backup.gpg",
    "openssl": "openssl rsa -in key.pem -passin pass:S -out plain.pem",
    "url": "git push https://ada:S@git.test/team/app.git main",
    "url-amqp": "amqp://worker:S@mq.internal:5672/%2f refused",
    "url-redis": "redis.exceptions.ConnectionError: redis://:S@cache:6379/0",
    "url-mongo": 'mongosh "mongodb+srv://app:S@c0.test/db?retryWrites=true"',
    "jdbc": "jdbc:postgresql://db:5432/app?user=app&password=S&ssl=true",
    "ado": "Server=tcp:db.test,1433;Database=app;User ID=app;Password=S;Encrypt=True;",
    "storage": "DefaultEndpointsProtocol=https;AccountName=x;AccountKey=S;EndpointSuffix=core",
    "signed": "https://files.test/a.zip?se=2026-12-01&sp=r&sig=S",
    "npmrc": "//registry.test/:_authToken=S\nalways-auth=true",
    "netrc": "machine api.test\n  login ada\n  password S\n",
    "netrc-line": "machine api.test login ada password S",
    "pypirc": "[pypi]\nusername = __token__\npassword = S\n",
    "docker-config": '{"auths": {"https://index.test/v1/": {"auth": "S"}}}',
    "kube-user": "users:\n- name: admin\n  user:\n    token: S\n",
    "name-value": '{"env": [{"name": "JWT_SECRET", "value": "S"}]}',
    "name-value-yaml": "env:\n  - name: ADMIN_PASSWORD\n    value: S\n",
    "sql": "ALTER USER app WITH PASSWORD 'S';",
    "sql-create": "CREATE USER 'app'@'%' IDENTIFIED BY 'S';",
    "git-credential": "protocol=https\nhost=git.test\nusername=ada\npassword=S\n",
    "logfmt": 'level=info msg="login" user=ada password=S took=12ms',
    "prose-is": "The admin password is S, please do not share it.",
    "prose-with": "Use S as the API key for the staging server.",
    "quoted-error": "ValueError: invalid api_key: 'S'",
    "locals": "    token      = 'S'\n    url        = 'https://api.test'",
    "repr": "Settings(host='db', secret_key='S', debug=False)",
    "diff": "-DB_PASSWORD=old\n+DB_PASSWORD=S\n",
    "heredoc": "cat > .env <<'EOF'\nSTRIPE_SECRET=S\nEOF",
    "sed": "sed -i 's/^SECRET_KEY=.*/SECRET_KEY=S/' .env",
    "secret-data": "kind: Secret\ndata:\n  db-password: S\n",
    "grep-hit": "config/prod.yml:14:  secret_access_key: S",
    "numbered": "     7\tDATABASE_PASSWORD: S\n     8\tport: 5432",
    "cat-n-arrow": "    12→API_SECRET=S\n    13→PORT=80",
    "mcp": '{"mcpServers": {"x": {"command": "x", "env": {"X_API_KEY": "S"}}}}',
    "html": '<input type="hidden" name="csrf_token" value="S">',
    "otlp": '{"key": "http.request.header.authorization", "value": {"stringValue": "Bearer S"}}',
}


def basic(chance: Chance) -> str:
    """User and password as the Basic scheme carries them."""
    return base64.b64encode(f"ada:{mixed_password(chance)}".encode()).decode().rstrip("=")


# Wrappings that change the secret itself, or take a certain one.
WRAPPED: dict[str, tuple[Make, Callable[[str], str]]] = {
    "basic-header": (basic, lambda s: f"Authorization: Basic {s}\nAccept: */*"),
    "basic-curl": (basic, lambda s: f"curl -H 'Proxy-Authorization: Basic {s}' https://a.test"),
    "block": (key_block, lambda s: f"cat id\n{s}\ndone"),
    "block-yaml": (key_block, lambda s: "tls:\n  key: |\n" + _indented(s, "    ")),
    "block-json": (key_block, lambda s: json.dumps({"private_key": s, "client": "x"})),
    "block-json-twice": (key_block, lambda s: json.dumps({"out": json.dumps({"key": s})})),
    "block-env": (key_block, lambda s: 'export DEPLOY_KEY="' + s.replace("\n", "\\n") + '"'),
    "block-diff": (key_block, lambda s: "@@ -0,0 +1,9 @@\n" + _indented(s, "+")),
    "block-numbered": (
        key_block,
        lambda s: "\n".join(f"{n:6}\t{line}" for n, line in enumerate(s.split("\n"), 1)),
    ),
    "block-cut": (key_block, lambda s: s.rsplit("\n", 1)[0] + "\n[...]"),
    "jwt-lines": (jwt, lambda s: "id_token:\n  " + s.replace(".", ".\n  ")),
    "jwt-prose": (jwt, lambda s: f"decoded {s} at 12:30"),
    "jwt-json": (jwt, lambda s: json.dumps({"access_token": s, "expires_in": 3600})),
    "kube-data": (
        lambda c: base64.b64encode(mixed_password(c).encode() * 2).decode().rstrip("="),
        lambda s: f"apiVersion: v1\nkind: Secret\ndata:\n  password: {s}\n",
    ),
    "kube-key": (
        lambda c: base64.b64encode(key_block(c).encode()).decode().rstrip("="),
        lambda s: f"users:\n- user:\n    client-key-data: {s}\n",
    ),
    "url-encoded-password": (
        lambda c: quote(some(c, ALNUM, 6) + "#/@" + some(c, ALNUM, 6), safe=""),
        lambda s: f"postgresql://app:{s}@db.test:5432/app",
    ),
    "pgpass": (mixed_password, lambda s: f"db.test:5432:app:ada:{s}"),
    "slack-webhook": (
        lambda c: some(c, ALNUM, 24),
        lambda s: f"https://hooks.{'slack'}.com/services/T0AB12CD3/B0EF45GH6/{s}",
    ),
    "uuid-key": (uuid_of, lambda s: f"HEROKU_API_KEY={s}\nPORT=80"),
    "numeric-password": (lambda c: some(c, "123456789", 8), lambda s: f"DB_PASSWORD={s}\nX=1"),
    "putty": (
        lambda c: some(c, BASE64, 64),
        lambda s: f"PuTTY-User-Key-File-3: ssh-ed25519\nPrivate-Lines: 1\n{s}\nPrivate-MAC: 00",
    ),
}


def _indented(text: str, by: str) -> str:
    return "".join(f"{by}{line}\n" for line in text.split("\n"))


def _silent(chance: Chance, wrapping: str, text: str) -> Made:
    kind = chance.choice(sorted(TOKENS))
    secret = TOKENS[kind](chance)
    return Made(kind, wrapping, _put(text, secret), secret)


_STRICT = {"docker-config": "base64", "storage": "base64", "signed": "base64"}
_PASSWORDS = {
    *("docker-e", "compose", "yaml-nested", "ini", "properties", "python-dict", "python-keyword"),
    *("go", "ruby", "php", "declare", "xml-element", "xml-attribute", "form-data", "json-data"),
    *("user", "sshpass", "mysql", "redis-cli", "from-literal", "helm", "terraform", "java"),
    *("stdin", "ansible", "gpg", "openssl", "url", "url-amqp", "url-redis", "url-mongo", "jdbc"),
    *("ado", "netrc", "netrc-line", "sql", "sql-create", "git-credential", "logfmt", "prose-is"),
    *("diff", "numbered", "name-value-yaml", "argv-list", "secret-data", "json-escaped"),
}


def _telling(chance: Chance, wrapping: str, text: str) -> Made:
    if wrapping in _STRICT:
        kind = _STRICT[wrapping]
        secret = VALUES[kind](chance)
    elif wrapping in _PASSWORDS:
        kind, secret = "password", mixed_password(chance)
    else:
        kind = chance.choice(["opaque", "hex", "url-safe", "opaque", *sorted(_ANY)])
        secret = _ANY[kind](chance)
    return Made(kind, wrapping, _put(text, secret), secret)


def _put(text: str, secret: str) -> str:
    """The secret at the lone S: the only one that no letter or digit stands beside."""
    for at, char in enumerate(text):
        beside = text[at - 1 : at] + text[at + 1 : at + 2]
        escaped = text[at - 2 : at] in {"\\n", "3D"}
        glued = text[max(0, at - 2) : at] == "-p"  # mysql -pS
        after = text[at + 1 : at + 2]
        if char == "S" and not after.isalnum() and after != "_" and (
            escaped or glued or after == "%" or not any(c.isalnum() or c == "_" for c in beside)
        ):  # fmt: skip
            return text[:at] + secret + text[at + 1 :]
    raise ValueError(text)


def secrets(seed: int, rounds: int = 1) -> Iterator[Made]:
    """Each wrapping once a round, with another secret each time."""
    chance = random.Random(seed)
    for _ in range(rounds):
        for wrapping, text in SILENT.items():
            yield _silent(chance, wrapping, text)
        for wrapping, text in TELLING.items():
            yield _telling(chance, wrapping, text)
        for wrapping, (make, wrap) in WRAPPED.items():
            secret = make(chance)
            yield Made(wrapping, wrapping, wrap(secret), secret)


def every_token(seed: int) -> Iterator[Made]:
    """Each provider's token once in each silent wrapping."""
    chance = random.Random(seed)
    for kind, make in TOKENS.items():
        for wrapping, text in SILENT.items():
            secret = make(chance)
            yield Made(kind, wrapping, _put(text, secret), secret)
