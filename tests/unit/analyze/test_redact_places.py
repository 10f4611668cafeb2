"""Secrets in places that other tests have not: pipes, defaults, colours, other languages."""

import base64

import pytest

from homeostat.analyze.redact import redactor

REDACTOR = redactor(b"k" * 32)
PASSWORD = "Maple" + "4711!"
WORDY = "tundra722" + "River"
TOKEN = "q7Rz2Lm9Xc4V" + "b8Nt3Kp6Wd1Y"
PHRASE = "walnut-comet-" + "saddle-violin"
HEX = "9f86d081884c7d65" * 4

PLACES = [
    ('RESTIC_PASSWORD="{}" restic snapshots', "tide lantern moss gable 41"),
    ('wifi_password: "{}"', "tide lantern moss gable 41"),
    (
        '{{"key": "api-key", "value": {{"arrayValue": {{"values": [{{"stringValue": "{}"}}]}}}}}}',
        TOKEN,
    ),
    ("http -a admin:{} GET :8000/users/", WORDY),
    ("sqlcmd -S tcp:db -U sa -P '{}' -Q x", PASSWORD),
    ('echo "root:{}" | chpasswd', WORDY),
    ("echo {} | gh secret set DEPLOY", TOKEN),
    ("helm install app . --set auth.rootPassword={},replicas=2", WORDY),
    ("vault kv put secret/app db_password={} port=1", WORDY),
    ("host=db user=app password={} dbname=shop", WORDY),
    ("Server=tcp:db,1433;User Id=sa;Password={};Encrypt=true", WORDY),
    ("<server><password>{}</password></server>", WORDY),
    ("requirepass {}", WORDY),
    ("masterauth {}", TOKEN),
    ('variable "api_token" {{\n  type = string\n  default = "{}"\n}}', TOKEN),
    ('clientSecret: process.env.CS || "{}",', TOKEN),
    ('{{"env": {{"GITHUB_PAT": "{}"}}}}', TOKEN),
    ("api_key\n  Input should be valid [type=x, input_value='{}', input_type=str]", TOKEN),
    ("Use the following password to proceed:\n\n{}\n\nThen", HEX),
    ("put it into SECRET_KEY:\n{}", HEX),
    ("Unseal Key 1: {}=", TOKEN),
    ("**Password:** `{}`", WORDY),
    ("\x1b[1mpassword\x1b[0m: \x1b[31m{}\x1b[0m", PASSWORD),
    ("&quot;password&quot;:&quot;{}&quot;", WORDY),
    ("password%3D{}%26user%3Dbob", WORDY),
    ('-H "Authorization: Bearer \\\n{}"', TOKEN),
    ("--password \\\n  {} \\\n  --host x", PASSWORD),
    ("Das Passwort lautet {} ab heute", PASSWORD),
    ("Le mot de passe est {} pour la base", PASSWORD),
    ("La password di root è {}", PASSWORD),
    ("A senha do banco é {}", PASSWORD),
    ("La contraseña es {}", PASSWORD),
    ("Contraseña: {}", PASSWORD),
    ("Hasło: {}", PASSWORD),
    ("Lösenord: {}", PASSWORD),
    ("API-Schlüssel: {}", TOKEN),
    ("clé API : {}", TOKEN),
    ("пароль: {}", PASSWORD),
    ("密码\uff1a{}", PASSWORD),
    ("パスワードは {} です", PASSWORD),
    ("비밀번호: {}", PASSWORD),
    ("VAULT_PASSPHRASE: {}\n", PHRASE),
    ("password: {}-07\n", PHRASE),
    ("ALTER ROLE app PASSWORD '{}';", PHRASE),
    ("machine h\n  login ada\n  password {}\n", PHRASE),
    ("The passphrase of the key is {}.", PHRASE),
    ("my password {} stands in the log", PHRASE.title()),
    ("user ada, pass: {} -- why?", "walnut_" + "COMET123"),
    ("login is ada and password: {}", "walnut_" + "comet12"),
    ("define('FTP_PASS', '{}');", "walnut-comet-07"),
    ('os.environ.setdefault("DB_PASSWORD", "{}")', "walnut-comet-07"),
    ('\x1b[34;1m"password"\x1b[0m\x1b[1m: \x1b[0m\x1b[32m"{}"\x1b[0m', PASSWORD),
    ("<Cookie JSESSIONID={} for h/>", HEX[:32].upper()),
]


@pytest.mark.parametrize(("template", "secret"), PLACES)
def test_what_stands_around_a_secret_gives_it_away(template, secret):
    redacted = REDACTOR.redact(template.format(secret))

    assert secret not in redacted.text
    assert redacted.found


@pytest.mark.parametrize("end", [" | base64 -d", "' | base64 --decode"])
def test_what_is_decoded_in_a_command_goes_if_it_names_a_secret(end):
    quote = "'" if end[0] == "'" else ""
    encoded = base64.b64encode(f"password={PASSWORD}".encode()).decode()

    assert encoded not in REDACTOR.redact(f"echo {quote}{encoded}{end}").text


SECRETS_OF_A_CLUSTER = [
    "apiVersion: v1\ndata:\n  URL: {}\nkind: Secret\nmetadata:\n  name: shop\n",
    "kind: Secret\nmetadata:\n  name: shop\ndata:\n  .dockerconfigjson: {}\n",
    'x\n{{"kind": "Secret", "data": {{"url": "{}"}}}}',
    '{{"a": "{{\\"kind\\":\\"Secret\\",\\"data\\":{{\\"url\\":\\"{}\\"}}}}"}}',
    'kind: "Secret"\ndata:\n  URL: {}\n',
    "kind: 'Secret'\ndata:\n  URL: {}\n",
    '{{"kind" : "Secret", "data" : {{"url" : "{}"}}}}',
    "kind: Secret\ndata:\n  URL: >-\n    {}\n",
    "kind: Secret\\ndata:\\n  URL: |\\n    {}\\n",
    '"{{\\\\\\"kind\\\\\\": \\\\\\"Secret\\\\\\", \\\\\\"url\\\\\\": \\\\\\"{}\\\\\\"}}"',
]


@pytest.mark.parametrize("template", SECRETS_OF_A_CLUSTER)
@pytest.mark.parametrize(
    "inner",
    [
        f"amqp://shop:{PASSWORD}@mq:5672/",
        f'{{"auths": {{"h": {{"auth": "{TOKEN}"}}}}}}',
        f"DB_PASS={PASSWORD}",
        f"region: eu\nAWS_ACCESS_KEY={PASSWORD}",
    ],
)
def test_the_data_of_a_kubernetes_secret_are_decoded_to_be_judged(template, inner):
    encoded = base64.b64encode(inner.encode()).decode()

    assert encoded not in REDACTOR.redact(template.format(encoded)).text


@pytest.mark.parametrize("kind", ["ConfigMap", "SecretStore"])
def test_the_data_of_other_objects_of_a_cluster_stay(kind):
    encoded = base64.b64encode(b"amqp://shop:Maple@mq:5672/").decode()
    text = f"apiVersion: v1\ndata:\n  URL: {encoded}\nkind: {kind}\n"

    assert REDACTOR.redact(text).text is text


def test_what_a_kubernetes_secret_says_of_no_secret_stays():
    encoded = base64.b64encode(b"the user is called ada").decode()
    text = f"apiVersion: v1\ndata:\n  user: {encoded}\nkind: Secret\n"

    assert REDACTOR.redact(text).text is text


@pytest.mark.parametrize(
    "text",
    [
        "password: reset-flow-for-new-users",
        "the passphrase is stored-in-the-vault",
        "password strength-meter-check-field",
        "pass: walnut-comet-saddle",
        "password: walnut-comet-saddle-" + "violin",
        "dbPassword: bitnami-postgresql-primary-superuser",
        "passphrase: optional-but-highly-recommended",
        "passwd: nginx-ingress-annotations-whitelist",
        "pass: alpine-linux-minimal-rootfs",
        "the password alpine-linux-minimal-rootfs",
        "if user login, password = get_password2()",
        "with user ada password: request.form2",
        "set JSESSIONID=route1",
        "user ada, password: $$$$$$$$$",
        "d.setdefault('password', 'field2name')",
        "secretName: walnut-comet-saddle-violin",
        "token: walnut-comet-saddle-violin",
        "user ada, pass: ****",
        "{user: ada, pass: walnut_comet12}",
        "register('password', 'walnut-comet-07')",
        "define('DB_PASSWORD', 'password');",
        "the JSESSIONID cookie is missing",
        "echo aGVsbG8sIHdvcmxkIGFuZCBhbGw= | base64 -d",
        "echo done | passwd --help",
        "regex_pat = r'[a-zA-Z](?:[a-zA-Z0-9-]*)'",
        "La contraseña es incorrecta",
        "пароль: обязательное поле",
        "密码\uff1a必填项",
        "mañana 2026-11-21T10:11:12",
        "Das Passwort ist falsch",
        "Le mot de passe est obligatoire",
        "A senha é obrigatória",
        "grep --color -a key:value4 notes.txt",
        "see the token:\n  refresh_token_rotation_interval",
        "f(a=1, password=get_password_2)",
        '<input type="password">field2</input>',
        'variable "api_token" {\n  default = ""\n}',
    ],
)
def test_what_only_looks_like_it_stays(text):
    assert REDACTOR.redact(text).text == text
