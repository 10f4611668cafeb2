"""Lines that hold no secret, though a hasty eye may see one."""

import random
from collections.abc import Callable, Iterator

from made_secrets import ALNUM, BASE64, HEX, some, uuid_of


def innocent(seed: int, rounds: int) -> Iterator[str]:
    chance = random.Random(seed)
    for _ in range(rounds):
        for make in INNOCENT:
            yield make(chance)


INNOCENT: tuple[Callable[[random.Random], str], ...] = (
    lambda c: f"commit {some(c, HEX, 40)}\ntree {some(c, HEX, 40)}\nparent {some(c, HEX, 40)}",
    lambda c: f"index {some(c, HEX, 8)}..{some(c, HEX, 8)} 100644",
    lambda c: f"* {some(c, HEX, 9)} (HEAD -> main) Drop the token cache",
    lambda c: f'"resolved": "https://registry.npmjs.org/key/-/key-4.2.1.tgz#{some(c, HEX, 40)}"',
    lambda c: f"aiohttp==3.9.1 \\\n    --hash=sha256:{some(c, HEX, 64)}",
    lambda c: f'{{"session_id": "{uuid_of(c)}", "run_id": "{uuid_of(c)}"}}',
    lambda c: f'{{"type": "tool_use", "id": "toolu_01{some(c, ALNUM, 22)}", "name": "Bash"}}',
    lambda c: f"msg_01{some(c, ALNUM, 22)} req_011C{some(c, ALNUM, 20)}",
    lambda c: f"chatcmpl-{some(c, ALNUM, 29)} finished: stop",
    lambda c: f"call_{some(c, ALNUM, 24)} returned after 1.2 s",
    lambda c: f"sha256:{some(c, HEX, 64)}: Pulling from library/redis",
    lambda c: f'ETag: W/"{some(c, HEX, 32)}"\nCache-Control: no-cache',
    lambda c: f"traceparent: 00-{some(c, HEX, 32)}-{some(c, HEX, 16)}-01",
    lambda c: f"ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQ{some(c, BASE64, 180)} ada@desk",
    lambda c: f"data:image/png;base64,iVBORw0KGgo{some(c, BASE64, 160)}",
    lambda c: f"SHA256:{some(c, BASE64, 43)} ada@desk (ED25519)",
    lambda _: "max_tokens=2048 prompt_tokens=310 total_tokens=2358 token_type=bearer",
    lambda _: "usage: {'input_tokens': 12, 'output_tokens': 903, 'cache_read_input_tokens': 7}",
    lambda _: "API_KEY=${API_KEY} TOKEN=$(cat token.txt) SECRET={{ .Values.secret }}",
    lambda _: "password: <your password>\napi_key: YOUR_API_KEY\nsecret: changeme-example",
    lambda _: "def login(user: str, password: str, *, token: str | None = None) -> Session: ...",
    lambda _: 'parser.add_argument("--password", help="the password of the account")',
    lambda _: "if not hmac.compare_digest(expected_signature, signature): raise Forbidden",
    lambda _: "KeyError: 'session_token' while reading credentials.json",
    lambda _: 'psql: FATAL: password authentication failed for user "deploy"',
    lambda _: "remote: Invalid username or token. Password authentication is not supported.",
    lambda _: "tests/test_auth.py::test_a_token_expires PASSED [ 41%]",
    lambda _: "=== 12 passed, 1 skipped in 3.41s ===",
    lambda _: "const passwordField = document.getElementById('password-input');",
    lambda _: "export const tokenExpired = (token: Token) => token.expiresAt < Date.now();",
    lambda _: "SELECT key, value FROM settings WHERE key = 'theme' ORDER BY key",
    lambda _: "git config --global credential.helper store",
    lambda _: "secretKeyRef:\n  name: db-credentials\n  key: password",
    lambda _: "ssh -i ~/.ssh/id_ed25519 -p 2222 ada@host.test",
    lambda _: "docker run -p 8080:80 -u 1000:1000 -e NODE_ENV=production app",
    lambda _: "curl -s https://api.test/v1/keys?limit=20&page_token=2&sort=key",
    lambda _: "https://docs.test/auth/tokens#refresh-token-rotation",
    lambda _: "aws_access_key_id and aws_secret_access_key are read from ~/.aws/credentials",
    lambda _: "The token is stored in the keyring; the password is never written to disk.",
    lambda _: "tokenizer = AutoTokenizer.from_pretrained('bert-base-uncased')",
    lambda _: "assert response.headers['Authorization'].startswith('Bearer ')",
    lambda _: "Authorization: Bearer <token>\nX-Api-Key: $KEY\nCookie: session=...",
    lambda _: "password=os.environ['DB_PASSWORD'], token=settings.api_token",
    lambda _: "private readonly tokenService: TokenService, private keyStore: KeyStore",
    lambda _: "warning: unused variable: `secret_key`, `auth_token_provider`",
    lambda _: 'keybindings.json: { "key": "ctrl+shift+p", "command": "palette" }',
    lambda c: f"/nix/store/{some(c, 'abcdfghijklmnpqrsvwxyz0123456789', 32)}-openssl-3.0.13/bin",
    lambda c: f"Uploading dist/app-{some(c, HEX, 20)}.js.map to bucket",
    lambda c: f"-----BEGIN CERTIFICATE-----\nMII{some(c, BASE64, 61)}\n-----END CERTIFICATE-----",
    lambda c: f"-----BEGIN PUBLIC KEY-----\nMII{some(c, BASE64, 61)}\n-----END PUBLIC KEY-----",
    lambda c: f"pod/auth-service-{some(c, HEX, 10)}-x7k2p 1/1 Running 0 3d",
    lambda c: f"key: {c.randint(10, 99)}\nforeign_key: users.id\nprimary_key: id",
    lambda c: f"sort_key={some(c, '0123456789', 6)} cache_key=user:{some(c, '0123456789', 5)}",
    lambda _: "PASS  src/auth/token.test.ts (5.21 s)\n  ✓ keeps the session key (3 ms)",
    lambda _: "grep -rn 'password' --include='*.py' src | head -20",
    lambda _: 'Error: secret "db-credentials" not found in namespace "default"',
    lambda _: "auth:\n  type: oauth2\n  token_url: https://login.test/oauth/token\n  scope: read",
    lambda _: "pip install keyring==24.3.0 secretstorage==3.3.3 PyJWT==2.8.0",
    lambda _: "func (k *Key) Token(ctx context.Context) (string, error) {",
    lambda _: "pub struct Secret<T: Zeroize> { inner: T }",
    lambda _: "monkey patching keyboard authors bypassed tokenization passing passage",
)
