"""What is a secret and what only looks like one; all tokens here are made when the test runs."""

import base64
import hashlib
import hmac
import re
import string

import pytest

from homeostat.analyze.redact import Leak, redactor

KEY = b"k" * 32
REDACTOR = redactor(KEY)
LETTERS = string.ascii_letters + string.digits


def chance(count: int, alphabet: str = LETTERS, *, seed: str = "seed") -> str:
    """The same `count` characters for the same seed, that look like chance."""
    digits = hashlib.shake_256(f"{seed}{count}{alphabet}".encode()).digest(count)
    return "".join(alphabet[digit % len(alphabet)] for digit in digits)


HEX = "0123456789abcdef"
PASSWORD = "Maple" + "4711!"
TOKEN = chance(32)
HEX_KEY = chance(40, HEX)
JWT = ".".join(
    base64.urlsafe_b64encode(part).decode().rstrip("=")
    for part in (b'{"alg": "HS256"}', b'{"sub": "1234567890"}', chance(32).encode())
)
BODY = "\n".join(chance(64, LETTERS + "+/", seed=str(line)) for line in range(5))
PEM = "-----BEGIN RSA PRI" + f"VATE KEY-----\n{BODY}\n-----END RSA PRI" + "VATE KEY-----"


def survives(secret: str, text: str) -> bool:
    """Eight characters in a row of the secret are still there."""
    return any(secret[i : i + 8] in text for i in range(max(len(secret) - 7, 1)))


FORMATS = {
    "age": "AGE-SECRET" + "-KEY-1" + chance(58, string.ascii_uppercase),
    "anthropic": "sk-" + "ant-api03-" + chance(93),
    "atlassian": "ATA" + "TT3xFfGF0" + chance(60),
    "aws-access-key-id": "AK" + "IA" + chance(16, string.ascii_uppercase + "234567"),
    "azure-ad": chance(3) + "8Q" + "~" + chance(34),
    "databricks": "da" + "pi" + chance(32, HEX),
    "digitalocean": "do" + "p_v1_" + chance(64, HEX),
    "discord": "MT" + chance(24) + "." + chance(6) + "." + chance(38),
    "docker": "dckr" + "_pat_" + chance(27),
    "doppler": "dp" + ".pt." + chance(43),
    "figma": "fi" + "gd_" + chance(40),
    "github": "gh" + "p_" + chance(36),
    "gitlab": "gl" + "pat-" + chance(20),
    "google-api": "AI" + "za" + chance(35),
    "google-oauth": "1/" + "/0" + chance(60),
    "grafana": "gl" + "sa_" + chance(32) + "_" + chance(8, HEX),
    "huggingface": "h" + "f_" + chance(34, string.ascii_letters),
    "jwt": JWT,
    "linear": "lin" + "_api_" + chance(40),
    "newrelic": "NR" + "AK-" + chance(27, string.ascii_uppercase + string.digits),
    "notion": "nt" + "n_" + chance(46),
    "npm": "np" + "m_" + chance(36),
    "openai": "sk-" + "proj-" + chance(80),
    "postman": "PM" + "AK-" + chance(24, HEX) + "-" + chance(34, HEX),
    "pypi": "py" + "pi-AgEIcHlwaS5vcmc" + chance(120),
    "ruby-gems": "rubygems" + "_" + chance(48, HEX),
    "sendgrid": "S" + "G." + chance(22) + "." + chance(43),
    "sentry": "sntr" + "ys_" + chance(60),
    "shopify": "shp" + "at_" + chance(32, HEX),
    "slack": "xo" + "xb-" + chance(12, "123456789") + "-" + chance(24),
    "stripe": "sk_" + "live_" + chance(24),
    "tailscale": "ts" + "key-auth-" + chance(12) + "-" + chance(22),
    "telegram": chance(10, "123456789") + ":" + "AA" + chance(33),
    "terraform": chance(14) + ".atlas" + "v1." + chance(60),
    "twilio": "S" + "K" + chance(32, HEX),
    "vault": "hv" + "s." + chance(90),
}


@pytest.mark.parametrize("kind", FORMATS)
def test_a_token_of_a_known_format_goes_wherever_it_stands(kind):
    token = FORMATS[kind]

    diffs = f"\n-{token}\n", f"\\n-{token}\\n"
    plain = token, f"value {token} end", f'"{token}",', f"x={token}&y", f"\\n{token}\\n"
    for text in (*plain, *diffs):
        redacted = REDACTOR.redact(text)

        assert not survives(token, redacted.text)
    assert kind in {leak.type for leak in REDACTOR.redact(f"value {token} end").found}


@pytest.mark.parametrize("line_break", ["\n", "\n    ", "\\n"])
@pytest.mark.parametrize("how", ["behind its dots", "at column 60"])
def test_a_jwt_that_is_broken_over_lines_goes_whole(how, line_break):
    long = f"{JWT}{chance(120)}"[: 60 * 3 - 20]
    pieces = re.split(r"(?<=\.)", long) if how == "behind its dots" else re.findall(".{1,60}", long)
    text = f"got {line_break.join(pieces)} end"

    redacted = REDACTOR.redact(text)

    assert redacted.text.startswith("got [redacted:jwt:")
    assert not any(survives(piece, redacted.text) for piece in pieces)
    assert redacted.text.endswith("] end")


# Without a telling name or form; more of them would cost innocent hashes, ids and words.
KNOWN_WRONG = [
    ("the token {} was revoked", HEX_KEY),
    ('{{"kty": "EC", "crv": "P-256", "d": "{}"}}', chance(43)),
    ('network={{ ssid="x" psk="{}" }}', PASSWORD),
    ("sudo -S apt update <<< '{}'", PASSWORD),
    ('"passphrase": "correct horse {} staple"', "battery"),
]


@pytest.mark.parametrize(("template", "secret"), KNOWN_WRONG)
def test_what_is_not_found_yet_is_known(template, secret):
    assert secret in REDACTOR.redact(template.format(secret)).text


BEGIN, END = (f"-----{word} EC PRI" + "VATE KEY-----" for word in ("BEGIN", "END"))


@pytest.mark.parametrize("line_break", ["\n", "\\n", "\r\n", "\n+", " ", ""])
@pytest.mark.parametrize("body", [chance(12) + "==", chance(18)])
def test_a_short_key_between_both_markers_goes_whole(line_break, body):
    text = line_break.join((BEGIN, body, END))

    assert not survives(body, REDACTOR.redact(text).text)


@pytest.mark.parametrize(
    "body", ["...", "<your key>", "YOUR_PRIVATE_KEY", "{body}", "[cut]", "key"]
)
def test_a_placeholder_between_both_markers_stays(body):
    text = f"{BEGIN}\n{body}\n{END}"

    assert REDACTOR.redact(text).text == text


WEBHOOKS = [
    ("https://hooks.slack.com/services/", "T" + "0ABC1DEF/B0ABC2DEF/" + chance(24)),
    ("https://discord.com/api/webhooks/123456789012345678/", chance(68)),
]

CONTEXTS = [
    # assignments, in every spelling
    ("export API_KEY={}", TOKEN),
    ("DB_PASSWORD={} psql", PASSWORD),
    ("pw: {}", PASSWORD),
    ("DB_PW={}", PASSWORD),
    ("DJANGO_SECRET_KEY={}\nDEBUG=0", "RMcgndz" + "Tqb"),
    ('{{"password": "{}"}}', PASSWORD),
    ('{{"a": "{{\\"password\\": \\"{}\\"}}"}}', PASSWORD),
    ('"{{\\\\\\"api_key\\\\\\": \\\\\\"{}\\\\\\"}}"', HEX_KEY),
    ("  password: {}\n", PASSWORD),
    ("  password: |\n    {}\n", PASSWORD),
    ('+  "client_secret": "{}",', TOKEN),
    ("-    auth_token = '{}'", TOKEN),
    ('password: str = "{}"', PASSWORD),
    ('secretKey := "{}"', TOKEN),
    ('os.environ["API_TOKEN"] = "{}"', TOKEN),
    ('setenv("DB_PASSWORD", "{}", 1)', PASSWORD),
    ('connect(user="app", password="{}")', PASSWORD),
    ("- name: DB_PASSWORD\n  value: {}", PASSWORD),
    ('{{"name": "API_TOKEN", "value": "{}"}}', TOKEN),
    ('<add key="ApiKey" value="{}" />', TOKEN),
    ("<password>{}</password>", PASSWORD),
    ("Server=x;User ID=u;Password={};Encrypt=true", PASSWORD),
    ("AccountName=a;AccountKey={};EndpointSuffix=x", chance(86, LETTERS + "+/") + "=="),
    ("//registry.example.com/:_authToken={}", TOKEN),
    ('{{"auths": {{"x": {{"auth": "{}"}}}}}}', base64.b64encode(b"user:hunter2secret").decode()),
    ("token: {}", JWT),
    ("aws_secret_access_key = {} is invalid", "/NACUGcSgnKDMwsqweR3CmPBXFymL" + "+QEUxQOl7dE"),
    ("pin={}\npassword={}".replace("pin={}\n", ""), "471" + "10815"),
    ("password = 'it\\'s-{}'", TOKEN),
    ("password = '{} without an end", PASSWORD),
    ("password: 'a\nb', token='{}'", TOKEN),
    # headers
    ("Authorization: Bearer {}", TOKEN),
    ("> Authorization: Basic {}", base64.b64encode(b"user:secretword").decode()),
    ("Proxy-Authorization: Basic {}", base64.b64encode(b"user:geheim123").decode()),
    ("{{'Authorization': 'Token {}'}}", HEX_KEY),
    ('req.Header.Set("Authorization", "Bearer {}")', TOKEN),
    ('Authorization: Digest username="u", response="{}"', chance(32, HEX)),
    ('-H "Authorization: AWS4-HMAC-SHA256 Credential=x, Signature={}"', chance(64, HEX)),
    ('-H \'Authorization: Digest username="u", response="{}"\'', chance(32, HEX)),
    ("the header was Bearer {} then", TOKEN),
    ("Set-Cookie: sessionid={}; Path=/", TOKEN),
    ("Cookie: theme=dark; sid={}", TOKEN),
    ("x-api-key: {}", HEX_KEY),
    # URLs
    ("postgresql://app:{}@db:5432/app", "pa" + "-_.~ss9"),
    ("https://{}@git.example.com/x.git", TOKEN),
    ("redis%3A%2F%2Fu%3A{}%40h", "geheim" + "123"),
    ("https://x.example.com/?q=1&sig={}&z=2", chance(64, HEX)),
    ("https://x.example.com/cb?code={}&state=x", TOKEN),
    ("next=https%3A%2F%2Fy%2F%3Ftoken%3D{}%26a%3Db", TOKEN),
    ("url: /v1?access_token={}&limit=5 (Caused by", TOKEN),
    # commands
    ("curl -u admin:{} https://x", PASSWORD),
    ("curl --user 'admin:{}' https://x", PASSWORD),
    ("mysql -uroot -p{} app", PASSWORD),
    ("sshpass -p '{}' ssh root@h", PASSWORD),
    ("sshpass -p{} ssh root@h", PASSWORD),
    ("SSHPASS={} sshpass -e ssh h", PASSWORD),
    ("keytool -storepass {} -list", PASSWORD),
    ("ConvertTo-SecureString '{}' -AsPlainText", PASSWORD),
    ("docker login --password-stdin <<< '{}'", PASSWORD),
    ("printf '%s' '{}' | docker login --password-stdin", PASSWORD),
    ("curl -b 'session={}' https://x", TOKEN),
    ("requests.get(u, auth=('ada', '{}'))", PASSWORD),
    ("> AUTH {}", TOKEN),
    ("gh secret set API_TOKEN --body '{}'", PASSWORD),
    ("docker login -u ada -p {} r", PASSWORD),
    ("redis-cli -a {} ping", PASSWORD),
    ("echo {} | sudo -S id", PASSWORD),
    ("echo {} | docker login --password-stdin r", PASSWORD),
    ("htpasswd -bc .htpasswd ada {}", "falcon" + "99366"),
    ("run --api-key {} --verbose", TOKEN),
    ("run --password={} x", "orbit-" + "copper-12"),
    # files
    ("machine h login ada password {}", PASSWORD),
    ("db:5432:app:svc:{}", PASSWORD),
    ("requirepass {}", PASSWORD),
    ("CREATE USER 'a' IDENTIFIED BY '{}'", PASSWORD),
    ("ALTER USER app WITH PASSWORD '{}';", PASSWORD),
    ("DB_PASSWORD\t{}", PASSWORD),
    ("CREATE USER a IDENTIFIED BY {};", PASSWORD),
    ("CREATE LOGIN a WITH PASSWORD = N'{}'", PASSWORD),
    ("<key>ApiToken</key>\n<string>{}</string>", TOKEN),
    ("<password><![CDATA[{}]]></password>", PASSWORD),
    ("APP_SECRET: !!str {}", TOKEN),
    ("APP_SECRET ?= {}", TOKEN),
    ("APP_SECRET=\\\n  {}", TOKEN),
    ('{{"k": "API_TOKEN", "v": "{}"}}', TOKEN),
    ('{{"value": "{}", "name": "API_TOKEN"}}', TOKEN),
    ('form-data; name="password"\r\n\r\n{}\r\n', PASSWORD),
    ("'x-auth-token': [ '{}' ]", TOKEN),
    ("acme_live_{}", TOKEN),
    ("\x1b[1;32mgh" + "p_{}\x1b[0m", chance(36)),
    ("\\u001b[32mgh" + "p_{}\\u001b[0m", chance(36)),
    ("\\u0022gh" + "p_{}\\u0022", chance(36)),
    ("| API_TOKEN | {} |", TOKEN),
    (".example.com\tTRUE\t/\tFALSE\t0\tsessionid\t{}", TOKEN),
    ("PuTTY-User-Key-File-3: ssh-rsa\nPrivate-Lines: 1\n{}\nPrivate-MAC: 0", chance(64)),
    ("<apiKey>\n  {}\n</apiKey>", TOKEN),
    ("['deploy', '--password', '{}', '-v']", "4l7c6BE" + "_3IDs7k"),
    ("ParameterKey=DbPassword,ParameterValue={}", PASSWORD),
    ('token: Some("{}")', TOKEN),
    ("Authorization:Bearer\\ {}", TOKEN),
    ("Authorization: Basic {}", "YWRhOjBZYktjblBVOURreTdr".replace("0", "k").replace("9", "k")),
    ("https://example.com/reset-password/{}", TOKEN),
    # prose
    ("the password (staging): {}", PASSWORD),
    ("The database password is {} now.", PASSWORD),
    ("the api key: {} works", TOKEN),
    ("I set the admin password to {}, sorry", PASSWORD),
    ("please use the token {} for it", TOKEN),
    ("{} is the password for staging", PASSWORD),
    ("login with user ada and password {}", "Timber" + "Meadow02#"),
    ("The credentials are admin / {}", PASSWORD),
]


@pytest.mark.parametrize(("template", "secret"), CONTEXTS)
def test_what_stands_around_a_secret_gives_it_away(template, secret):
    text = template.format(secret)

    redacted = REDACTOR.redact(text)

    assert not survives(secret, redacted.text)
    assert redacted.found


@pytest.mark.parametrize(("before", "secret"), WEBHOOKS)
def test_a_webhook_is_a_secret_from_its_account_on(before, secret):
    redacted = REDACTOR.redact(before + secret)

    assert redacted.text.startswith(before + "[redacted:webhook:")
    assert not survives(secret, redacted.text)


PEMS = {
    "plain": PEM,
    "escaped": PEM.replace("\n", "\\n"),
    "twice escaped": PEM.replace("\n", "\\\\n"),
    "diff": PEM.replace("\n", "\n+"),
    "numbered": "\n".join(f"{n:6}\t{line}" for n, line in enumerate(PEM.split("\n"))),
    "cut off": PEM[:300],
}


@pytest.mark.parametrize("how", PEMS)
def test_a_private_key_goes_whole(how):
    text = f"before\n{PEMS[how]}\nafter"

    redacted = REDACTOR.redact(text)

    assert not any(survives(line, redacted.text) for line in BODY.split("\n")[:3])
    assert redacted.text.startswith("before\n")
    assert redacted.text.endswith("after")


HARMLESS = [
    "",
    'password: "needs upper case letters and length above 8"',
    '{"password": "string with exactly twelve digits 12"}',
    f"HEAD is now at {chance(40, HEX)} fix: rename the token module",
    f"Digest: sha256:{chance(64, HEX)}",
    f'"integrity": "sha512-{chance(86)}=="',
    "session_id: 0c2f5b0e-93ab-4a30-8be6-2f3d4b1c9a10",
    '{"tool_use_id": "toolu_01' + chance(22) + '", "input_tokens": 1234}',
    '{"call_id": "call_' + chance(24) + '", "request_id": "req_' + chance(24) + '"}',
    "src=data:image/png;base64,iVBORw0KGgo" + chance(200, LETTERS + "+/"),
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI" + chance(43) + " dev@box",
    f"traceparent: 00-{chance(32, HEX)}-{chance(16, HEX)}-01",
    f"cache key: linux-{chance(40, HEX)}",
    "-----BEGIN PUBLIC KEY-----\n" + chance(64) + "\n-----END PUBLIC KEY-----",
    "OPENAI_API_KEY=<your key here>",
    "export TOKEN=$GITHUB_TOKEN",
    "DB_PASSWORD=${DB_PASSWORD:?unset}",
    "API_KEY=your-api-key-here",
    "password: ********",
    "password=xxxxxxxx",
    "AKIA" + "IOSFODNN7EXAMPLE",
    "ghp_" + "x" * 36,
    'client = Client(api_key=os.environ["API_KEY"])',
    "api_key = os.getenv('API_KEY')",
    "token = get_token(user_id)",
    "password = getpass.getpass()",
    "self.api_key = api_key or settings.API_KEY",
    "elif token == 0x08:",
    "const key = arg.slice(2);",
    "sorted(rows, key=lambda row: row.id)",
    "def login(user: str, password: str) -> Token:",
    "token: Optional[str] = None",
    "apiKey: process.env.API_KEY,",
    '{"type": "password", "password": "string", "required": ["password", "token"]}',
    "max_tokens=4096, tokens used: 8921, token_type: bearer",
    "password_file=/run/secrets/db --password-file /etc/pw",
    "secret: /run/secrets/db.txt",
    'fatal: password authentication failed for user "app"',
    "KeyError: 'api_key'",
    "token expired; please log in again",
    "    --- PASS: TestExtract/single_item2 (0.00s)",
    "Bad activity token: android.os.BinderProxy@2bd79ce",
    "Authorization: Bearer <token>",
    "Authorization: Bearer $TOKEN and more",
    "Authorization required for /admin",
    "Authorization: Basic realm=",
    "WWW-Authenticate: Basic realm='x'",
    "the Bearer authentication is required",
    "Authorization: Basic authentication is required",
    "Build\tpass\t1m5s\thttps://example.com/runs/1",
    "--- | --- |\n| API_TOKEN | string |",
    'add_argument("--password", "-p"), ["--token", "--key"]',
    "docs/password/reset-your-password-in-three-steps.html",
    "PuTTY-User-Key-File-3: without lines",
    "Cookie: theme=dark; lang=en",
    "Cookie",
    "cookies are nice",
    "Set-Cookie: theme=light; Path=/; Max-Age=86400000",
    "postgres://user:password@localhost/db",
    "https://<token>@github.com/x/y.git",
    "git@github.com:x/y.git and ssh://git@host/x",
    "http://localhost:8080/a@b",
    "password=' '",
    "password=",
    "Authorization: Bearer get_token()",
    "Authorization: Digest username=someone",
    'the auth is "two words" and auth: "x y"',
    'password: "two words", secret "',
    '("Authorization", "Proxy-Authorization"), ("pwd", "python3")',
    "arn:aws:secretsmanager:*:*:secret:rds-beta1",
    "the password is get_password2 now",
    "GET /p?page=2&sort=key&code=200&token=&key=name",
    "curl -u $USER:$PASS https://x; docker run -p 8080:80 -u 1000:1000 x",
    "mysql -u root -p; ssh -p 2222 host; mkdir -p /a/b; git push -u origin main",
    "echo hello | sudo tee x -",
    "a - b -",
    "auth: none; auth:SIMPLE),E23,E23",
    "x 10.0.0.1:5432: refused",
    "identified by the team; identified ",
    "The <key> > and key -> value, `key`, key",
    "credentials are needed",
    "<password>123",
    "hooks/" + "a" * 30 + " /0" + "a" * 50 + " 12:AA" + "b" * 40,
    "eyJ" + "hello world of words and more words",
    "Mxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    "abcdQ~ and a.atlasv1 and xxxx8Q~aaaaaaaaaaaaaaa",
    "aaaaaaaaaaaaaa.atlasv1.aaaaaaaa",
]


@pytest.mark.parametrize("text", HARMLESS)
def test_what_only_looks_like_a_secret_is_returned_as_it_is(text):
    redacted = REDACTOR.redact(text)

    assert redacted.text is text
    assert redacted.found == ()


def test_the_mark_names_the_type_and_a_keyed_hash():
    redacted = REDACTOR.redact(f"password={PASSWORD}")

    digest = hmac.new(KEY, PASSWORD.encode(), hashlib.sha256).hexdigest()[:6]
    assert redacted.text == f"password=[redacted:password:{digest}]"
    assert redacted.found == (Leak("password", digest),)


def test_the_same_secret_has_the_same_mark_and_another_key_another():
    text = f"password={PASSWORD}"

    marks = set(re.findall(r"\[.*?\]", REDACTOR.redact(f"{text}\n{text}").text))

    assert len(marks) == 1
    assert redactor(b"other").redact(text).found != REDACTOR.redact(text).found


def test_a_mark_inside_a_secret_does_not_save_the_rest_of_it():
    mark = "[redacted:jwt:abcdef]"
    text = PEM.replace("\n", f"\n{mark}\n", 1)

    redacted = REDACTOR.redact(text)

    assert not any(survives(line, redacted.text) for line in BODY.split("\n"))
    assert mark in redacted.text


def test_characters_outside_ascii_shift_nothing():
    text = f"İ😀ü password={PASSWORD} é\ud800"

    redacted = REDACTOR.redact(text)

    assert redacted.text.startswith("İ😀ü password=[redacted:password:")
    assert redacted.text.endswith("] é\ud800")


def test_a_field_with_too_many_names_is_cut_and_not_kept_unread():
    text = "key " * 5000 + f"password={PASSWORD} end"

    redacted = REDACTOR.redact(text)

    assert PASSWORD not in redacted.text
    assert redacted.text.startswith("key key")
    assert len(redacted.text) < 4 * 4200
    assert REDACTOR.redact(redacted.text).text is redacted.text


def test_json_is_redacted_by_its_keys():
    value = {
        "user": "ada",
        "password": PASSWORD,
        "headers": {"Authorization": f"Bearer {TOKEN}", "Cookie": f"sid={TOKEN}"},
        "env": [{"name": "DB_PASSWORD", "value": PASSWORD}, {"name": 1, "value": "x"}],
        "tokens": (f"token={TOKEN}", 5, None),
        7: "seven",
    }

    redacted = REDACTOR.redact_json(value)

    assert not survives(TOKEN, repr(redacted.value))
    assert PASSWORD not in repr(redacted.value)
    assert redacted.value["user"] == "ada"
    assert redacted.value["headers"]["Authorization"].startswith("Bearer [redacted:authorization:")
    assert {leak.type for leak in redacted.found} >= {"password", "authorization"}


def test_ids_that_join_events_are_never_redacted():
    value = {"session_id": TOKEN, "toolUseId": f"password={PASSWORD}", "uuid": HEX_KEY, "id": TOKEN}

    redacted = REDACTOR.redact_json(value)

    assert redacted.value is value
    assert redacted.found == ()


def test_json_without_secrets_is_the_same_object():
    value = {"a": [1, {"b": "text", "password": "string"}], "c": (None, 1.5, True)}

    assert REDACTOR.redact_json(value).value is value


def test_a_secret_that_is_a_key_goes_too():
    token = FORMATS["github"]

    redacted = REDACTOR.redact_json({token: 1})

    assert not survives(token, repr(redacted.value))


def test_json_is_cut_where_no_honest_program_nests():
    value: object = f"password={PASSWORD}"
    for _ in range(100):
        value = [value]

    assert PASSWORD not in repr(REDACTOR.redact_json(value).value)


@pytest.mark.parametrize("glue", ["fix-", "tool_", "a.", "v1~", "my-branch.of_"])
@pytest.mark.parametrize(
    "secret",
    ["ghp_" + "a1B2c3D4e5F6" * 3, "glpat-" + "aB3dE5fG7hJ9kL1mN3pQ", "AKIA" + "QWERTYUIOPASDFGH"],
    ids=["github", "gitlab", "aws"],
)
def test_a_token_glued_to_a_name_is_found(glue, secret):
    redacted = redactor(b"k").redact(f"on {glue}{secret} now")

    assert secret not in redacted.text
    assert redacted.text.startswith(f"on {glue}[redacted:")
