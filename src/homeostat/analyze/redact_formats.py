"""Tokens that give themselves away: how each provider's public format begins and goes on."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import lru_cache

import msgspec

from homeostat.analyze.redact_spans import Span
from homeostat.analyze.redact_values import is_long_hex, is_placeholder, is_random


class Format(msgspec.Struct, frozen=True):
    """`starts` are literals of two characters or more; `pattern` matches from there on."""

    type: str
    starts: tuple[str, ...]
    pattern: re.Pattern[str]


# type | how it begins (separated by blanks) | the whole, where @ stands for the beginning.
# A token ends where its alphabet does: what follows is never looked at, so that a token that
# is glued to other text is found too.
_TABLE = r"""
adafruit | aio_ | @[A-Za-z0-9]{28}
adobe | p8e- | @[A-Za-z0-9]{32}
age | AGE-SECRET-KEY-1 | @[0-9A-Z]{50,62}
airtable | pat | @[A-Za-z0-9]{14}\.[0-9a-f]{64}
alibaba | LTAI | @[A-Za-z0-9]{16,26}
anthropic | sk-ant- | @[A-Za-z0-9_-]{20,}
anyscale | esecret_ | @[A-Za-z0-9]{20,}
apify | apify_api_ | @[A-Za-z0-9]{30,}
atlassian | ATATT3 ATCTT3 ATBB | @[A-Za-z0-9_=-]{28,}
aws-access-key-id | AKIA ASIA ABIA ACCA | @[A-Z0-9]{16}(?![A-Z0-9])
aws-bedrock | ABSK | @[A-Za-z0-9+/]{60,}={0,2}
brevo | xkeysib- xsmtpsib- | @[0-9a-f]{64}(?:-[A-Za-z0-9]{16})?
buildkite | bkua_ bkat_ | @[A-Za-z0-9_-]{20,}
cerebras | csk- | @[a-z0-9]{40,}
circleci | CCIPAT_ CCIPRJ_ | @[A-Za-z0-9_]{20,}
clojars | CLOJARS_ | @[0-9a-f]{40,60}
cloudflare | cfut_ cfat_ v1.0- | @[A-Za-z0-9_-]{36,}
contentful | CFPAT- | @[A-Za-z0-9_-]{40,}
crates-io | cio | @[A-Za-z0-9]{32}(?![A-Za-z0-9])
cursor | key_ | @[0-9a-f]{60,}
databricks | dapi dkea dose | @[0-9a-f]{32}(?:-\d)?
datadog | ddp_ dda_ ddapp_ | @[0-9a-f]{32,}
defined | dnkey- | @[A-Za-z0-9=_-]{26}-[A-Za-z0-9=_-]{40,}
digitalocean | dop_v1_ doo_v1_ dor_v1_ | @[0-9a-f]{60,64}
docker | dckr_pat_ dckr_oat_ | @[A-Za-z0-9_-]{20,}
doppler | dp.pt. dp.st. dp.ct. dp.sa. dp.scim. dp.audit. | @[A-Za-z0-9_.-]{36,}
dropbox | sl. | @[A-Za-z0-9_=-]{60,}
dropbox | sl.u. sl.B | @[A-Za-z0-9_=.-]{60,}
duffel | duffel_live_ duffel_test_ | @[A-Za-z0-9_=-]{40,}
dynatrace | dt0c01. dt0s01. | @[A-Z0-9]{24}\.[A-Z0-9]{60,}
e2b | e2b_ | @[0-9a-f]{40}
easypost | EZAK EZTK | @[A-Za-z0-9]{50,60}
facebook | EAA | @[A-Za-z0-9]{40,}
fastly | fastly_ | @[A-Za-z0-9_-]{28,}
figma | figd_ figu_ figo_ figor_ | @[A-Za-z0-9_-]{20,}
firecrawl | fc- | @[0-9a-f]{32}
flutterwave | FLWSECK- FLWSECK_TEST- | @[A-Za-z0-9-]{12,}
fly-io | fm1_ fm2_ fm1r_ fm1a_ fo1_ | @[A-Za-z0-9+/=_,-]{40,}
frameio | fio-u- | @[A-Za-z0-9_=-]{60,}
github | ghp_ gho_ ghu_ ghs_ ghr_ | @[A-Za-z0-9]{30,}
github | github_pat_ | @[A-Za-z0-9_]{40,}
gitlab | glpat- gldt- glrt- glrtr- glcbt- glptt- | @[A-Za-z0-9_.-]{20,}
gitlab | glft- glimt- glagent- gloas- glsoat- glffct- | @[A-Za-z0-9_.-]{20,}
gitlab | GR1348941 | @[A-Za-z0-9_-]{20}
google-api | AIza | @[A-Za-z0-9_-]{35}
google-oauth | ya29. | @[A-Za-z0-9_.-]{30,}
google-oauth | GOCSPX- | @[A-Za-z0-9_-]{28}
grafana | glsa_ | @[A-Za-z0-9]{32}_[0-9a-fA-F]{8}
grafana | glc_ | @[A-Za-z0-9+/=]{32,}
groq | gsk_ | @[A-Za-z0-9]{40,}
harness | pat. sat. | @[A-Za-z0-9_-]{22}\.[0-9a-zA-Z]{24}\.[0-9A-Za-z]{20}
heroku | HRKU- | @[A-Za-z0-9_-]{30,}
hubspot | pat-na1- pat-na2- pat-eu1- pat-ap1- | @[0-9a-fA-F-]{36}
huggingface | hf_ api_org_ | @[A-Za-z]{30,}
huggingface | hf_ | @[A-Za-z0-9]{34,}
infracost | ico- | @[A-Za-z0-9]{32}
jfrog | AKCp | @[A-Za-z0-9]{60,}
jfrog | cmVmdGtu | @[A-Za-z0-9]{50,}
jina | jina_ | @[A-Za-z0-9_-]{40,}
klaviyo | pk_ | @[0-9a-f]{34}
langfuse | sk-lf- | @[0-9a-f-]{36}
langsmith | lsv2_pt_ lsv2_sk_ | @[0-9a-f]{32}_[0-9a-f]{10}
launchdarkly | sdk- api- mob- | @[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}
linear | lin_api_ lin_oauth_ | @[A-Za-z0-9]{32,}
mailgun | key- pubkey- | @[0-9a-f]{32}
mapbox | sk.eyJ tk.eyJ | @[A-Za-z0-9_-]{20,}\.[A-Za-z0-9_-]{15,}
mailchimp | md- | @[A-Za-z0-9_-]{22}(?![A-Za-z0-9_-])
neon | napi_ | @[A-Za-z0-9]{40,}
netlify | nfp_ nfc_ nfo_ nfu_ | @[A-Za-z0-9_]{32,}
newrelic | NRAK- NRII- NRJS- NRRA- NRIQ- | @[A-Za-z0-9_-]{19,}
notion | ntn_ | @[A-Za-z0-9]{40,}
notion | secret_ | @[A-Za-z0-9]{40,}
npm | npm_ | @[A-Za-z0-9]{30,}
nuget | oy2 | @[a-z0-9]{43}
nvidia | nvapi- | @[A-Za-z0-9_-]{40,}
octopus | API- | @[A-Z0-9]{25,}
okta | 00 | @[A-Za-z0-9_][A-Za-z0-9_-]{39}(?![A-Za-z0-9_-])
onepassword | ops_eyJ | @[A-Za-z0-9+/=_-]{60,}
onepassword | A3- | @[A-Z0-9]{6}-[A-Z0-9]{5,11}-[A-Z0-9]{5}-[A-Z0-9]{5}-[A-Z0-9]{5}(?:-[A-Z0-9]{5})?
openai | sk-proj- sk-svcacct- sk-admin- sk-None- | @[A-Za-z0-9_-]{20,}
openai | sess- | @[A-Za-z0-9]{40}
openrouter | sk-or- | @[A-Za-z0-9-]{30,}
openai | sk- | @[A-Za-z0-9]{32,}
openai | sk- | @[A-Za-z0-9]{10,}T3Blbk[A-Za-z0-9]{10,}
openshift | sha256~ | @[A-Za-z0-9_-]{43}
perplexity | pplx- | @[A-Za-z0-9]{40,}
pinecone | pcsk_ | @[A-Za-z0-9_]{40,}
plaid | access-sandbox- access-development- access-production- | @[0-9a-f-]{36}
planetscale | pscale_tkn_ pscale_pw_ pscale_oauth_ | @[A-Za-z0-9_=.-]{30,}
postman | PMAK- PMAT- | @[A-Za-z0-9-]{24,}
posthog | phx_ phs_ | @[A-Za-z0-9]{40,}
prefect | pnu_ pnb_ | @[A-Za-z0-9]{36}
pulumi | pul- | @[0-9a-f]{40}
pypi | pypi- | @[A-Za-z0-9_-]{50,}
razorpay | rzp_live_ rzp_test_ | @[A-Za-z0-9]{14,}
readme | rdme_ | @[a-z0-9]{60,}
render | rnd_ | @[A-Za-z0-9]{28,}
replicate | r8_ | @[A-Za-z0-9]{37,}
resend | re_ | @[A-Za-z0-9]{6,10}_[A-Za-z0-9]{20,}
ruby-gems | rubygems_ | @[0-9a-f]{40,}
runpod | rpa_ | @[A-Za-z0-9]{40,}
scalingo | tk-us- tk-eu- | @[A-Za-z0-9_-]{48}
sendgrid | SG. | @[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{30,}
sentry | sntrys_ | @[A-Za-z0-9+/=_]{40,}
sentry | sntryu_ sntrya_ sntryi_ | @[0-9a-f]{60,}
shippo | shippo_live_ shippo_test_ | @[0-9a-f]{40}
shopify | shpat_ shpca_ shppa_ shpss_ shptka_ shpua_ | @[A-Fa-f0-9]{32}
slack | xoxb- xoxp- xoxa- xoxr- xoxs- xoxo- xoxc- xoxd- xoxe- xoxe. | @[A-Za-z0-9%.-]{10,}
slack | xapp- xwfp- | @[A-Za-z0-9-]{20,}
snyk | snyk_uat. snyk_sat. | @[A-Za-z0-9_.-]{30,}
sonar | sqp_ squ_ sqa_ | @[0-9a-f]{40}
sourcegraph | sgp_ slk_ | @[A-Za-z0-9_]{40,}
square | sq0atp- sq0csp- sq0idp- | @[A-Za-z0-9_-]{22,}
square | EAAAE EAAAF EAAAl | @[A-Za-z0-9_-]{55,}
stripe | sk_live_ sk_test_ rk_live_ rk_test_ sk_prod_ rk_prod_ | @[A-Za-z0-9_]{10,}
stripe | whsec_ | @[A-Za-z0-9+/=]{24,}
stytch | secret-live- secret-test- | @[A-Za-z0-9_=-]{30,}
elevenlabs | sk_ | @[0-9a-f]{48}
supabase | sbp_ sb_secret_ | @[A-Za-z0-9_-]{20,}
tailscale | tskey- | @[a-z]{2,10}-[A-Za-z0-9]{6,}(?:-[A-Za-z0-9]{10,})?
tavily | tvly- | @[A-Za-z0-9-]{28,}
tencent | AKID | @[A-Za-z0-9]{32}
together | tgp_v1_ | @[A-Za-z0-9_-]{40,}
twilio | SK | @[0-9a-f]{32}(?![0-9a-f])
twitter | AAAAAAAAAAAAAAAAAAAAA | @[A-Za-z0-9%]{60,}
typeform | tfp_ | @[A-Za-z0-9_.=-]{40,}
vault | hvs. hvb. hvr. | @[A-Za-z0-9_-]{20,}
vault | s. b. | @(?=[A-Za-z]{0,23}\d)[A-Za-z0-9]{24}(?![A-Za-z0-9(.])
vercel | vcp_ vci_ vca_ vcr_ vck_ vercel_blob_rw_ | @[A-Za-z0-9_]{24,}
xai | xai- | @[A-Za-z0-9]{60,}
yandex | AQVN t1. y0_ y1_ y2_ y3_ | @[A-Za-z0-9_=.-]{35,}
browserbase | bb_live_ bb_test_ | @[A-Za-z0-9_-]{20,}
clickup | pk_ | @\d{5,12}_[A-Z0-9]{32}
dbt | dbtu_ dbtc_ dbts_ | @[A-Za-z0-9_-]{30,}
fireworks | fw_ | @(?=[A-Za-z]{0,20}\d)[A-Za-z0-9]{20,}
helicone | sk-helicone- | @[a-z0-9-]{28,}
honeycomb | hcaik_ hcamk_ hcxik_ hcbik_ | @[a-z0-9]{32,}
infisical | st. | @[0-9a-f]{8,24}[0-9a-f-]{0,28}\.[0-9a-f]{32}\.[0-9a-f]{32}
inngest | signkey- | @[a-z]{2,12}-[0-9a-f]{32,}
intercom | dG9rO | @[A-Za-z0-9]{40,}={0,2}
linkedin | AQV AQU AQX | @(?=[A-Za-z_-]{0,40}\d)[A-Za-z0-9_-]{80,}
lob | live_ | @(?=[A-Za-z]{0,24}\d)[A-Za-z0-9]{28,}
logfire | pylf_v | @\d_[a-z]{2,8}_[A-Za-z0-9]{30,}
mem0 | m0- | @(?=[A-Za-z]{0,24}\d)[A-Za-z0-9]{36,}
modal | ak- as- | @(?=[A-Za-z]{0,20}\d)(?=[a-z0-9]{0,20}[A-Z])[A-Za-z0-9]{22}(?![A-Za-z0-9_-])
nostr | nsec1 | @[02-9ac-hj-np-z]{58}
openai | sk- | @(?=[A-Za-z_-]{0,21}\d)(?=[a-z0-9_-]{0,21}[A-Z])[A-Za-z0-9_-]{22}(?![A-Za-z0-9_-])
openpipe | opk_ | @[0-9a-f]{40,}
rootly | rootly_ | @[0-9a-f]{40,}
stellar | SA SB SC SD | @(?=[A-Z]{0,50}[2-7])[A-Z2-7]{54}(?![A-Za-z0-9_])
svix | testsk_ sk_ | @[A-Za-z0-9]{40,}
voyage | pa- | @(?=[A-Za-z_-]{0,40}\d)(?=[a-z0-9_-]{0,40}[A-Z])[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])
wallet | xprv yprv zprv tprv | @[1-9A-HJ-NP-Za-km-z]{100,}
wandb | wandb_v1_ | @[A-Za-z0-9_]{40,}
zapier | zpka_ | @[A-Za-z0-9_]{20,}
"""

# Parts of base64 between dots; terminals and YAML break a line behind a dot, or anywhere in a part.
_BREAK = r"(?:\\{1,2}n|\r?\n)[ \t]{0,12}"
_PART = rf"(?:[A-Za-z0-9_-]|(?<=[A-Za-z0-9_.-]{{40}}){_BREAK}(?=[A-Za-z0-9_.-]{{20}}))"
_JWT = re.compile(
    rf"(?:eyJ|ewog){_PART}{{8,}}={{0,2}}\.(?:{_BREAK}(?=eyJ))?{_PART}{{8,}}={{0,2}}"
    rf"(?:\.(?:{_BREAK}(?=[A-Za-z0-9_-]{{40}}))?{_PART}*={{0,2}}){{0,3}}"
)
# Formats whose beginning is chance are told by what stands before or inside.
_TELEGRAM = re.compile(r"AA[A-Za-z0-9_-]{32,34}")
_TELEGRAM_ID = re.compile(r"\d{8,10}:$")
# A beginning that says "secret", of whichever provider, and a body that looks like chance.
_TELLING = re.compile(
    r"(?:[A-Za-z][A-Za-z0-9]{0,15}[_-]){0,2}(?:[a-z]{0,8}(?:sk|secret|token|pat|apikey)|key|api|live"
    r"|test|prod|sandbox|admin|private)[_-](?:v\d[_-])?"
    # One unbroken run with capitals, small letters and digits: names have seams, or lack one.
    r"(?=[a-z0-9]{0,30}[A-Z])(?=[A-Z0-9]{0,30}[a-z])(?=[A-Za-z]{0,30}\d)"
    r"(?P<body>[A-Za-z0-9]{16,})(?![A-Za-z0-9_.-])"
)
# 32 hex digits and what providers hang on them; an id, an underscore and a secret.
_HEXED = re.compile(
    r"[0-9a-f]{32}(?:-us\d{1,2}|-[0-9a-f]{8}-[0-9a-f]{8}|\.(?=[a-z0-9]*[A-Z])[A-Za-z0-9]{16})"
    r"(?![A-Za-z0-9_-])"
)
_NGROK = re.compile(r"[12][A-Za-z0-9]{26}_[A-Za-z0-9]{21}(?![A-Za-z0-9_-])")
_MAXMIND = re.compile(r"[A-Za-z0-9]{6}_[A-Za-z0-9]{29}_mmk(?![A-Za-z0-9_-])")
_AZURE = re.compile(
    r"[A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4}(?![A-Za-z0-9])|[A-Za-z0-9]{42}AzSe[A-Za-z0-9]{6}(?![A-Za-z0-9])"
)
_ID_BEFORE = re.compile(r"(?<![0-9a-f])[0-9a-f]{24}:$")
_SECRET_HEX = re.compile(r"[0-9a-f]{64}(?![0-9a-f])")
_DISCORD = re.compile(r"[MNO][A-Za-z0-9_-]{23,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,40}")
_AZURE_AD = re.compile(r"[A-Za-z0-9_~.-]{3}\dQ~[A-Za-z0-9_~.-]{31,34}")
_TERRAFORM = re.compile(r"[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{50,}")
_GOOGLE_REFRESH = re.compile(r"0[A-Za-z0-9_-]{40,}")
_WEBHOOK = re.compile(
    r"(?:hooks\.slack\.com/[a-z]{6,12}|hooks/\d{15,22}|hooks/catch/\d+|webhook(?:b2)?/\S{1,80}/IncomingWebhook)/(?P<path>\S{0,40})$"
)
_WEBHOOK_PART = re.compile(r"[A-Za-z0-9_-]{18,}")
_IN_COLOUR = frozenset("[;")
_MARKS_BEFORE = frozenset(":/")
_LINE_BEFORE = ("", "\n", "\\")
"""Where a line begins, also an escaped one: a diff writes `-` before what it takes away."""
_DIGIT = re.compile(r"\d")
_COLOUR = re.compile(r"\d{1,2}m(?=.)")  # the end of a terminal's colour, as in ESC[1;32m
_JOINTS = frozenset("-.")
_LONG_HEX = 24
_DISCORD_BEGINS = frozenset("MNO")
_REACH = 140


def _formats() -> Iterator[Format]:
    for line in _TABLE.strip().splitlines():
        kind, starts, pattern = (part.strip() for part in line.split(" | ", 2))
        literals = tuple(starts.split())
        beginning = "(?:" + "|".join(map(re.escape, literals)) + ")"
        yield Format(kind, literals, re.compile(pattern.replace("@", beginning, 1)))
    yield Format("jwt", ("eyJ", "ewog"), _JWT)


def _by_beginning() -> Mapping[str, tuple[Format, ...]]:
    """The formats by the first three characters of a token, or by two where there are no more."""
    table: defaultdict[str, list[Format]] = defaultdict(list)
    for format_ in _formats():
        for beginning in sorted({start[:3] for start in format_.starts}):
            table[beginning].append(format_)
    return {beginning: tuple(formats) for beginning, formats in table.items()}


_BY_BEGINNING = _by_beginning()
_SEPARATOR = re.compile(r"[-_.~]")
_LEAST_INSIDE = 4
"""Characters of a token's beginning that are no chance in the middle of a name."""


_TELLING_BEFORE = frozenset("\\%:/")
"""Before a run they change what it may be."""
_LONGEST_KNOWN = 200


def may_hold_token(text: str, start: int, end: int) -> bool:
    """Whether a run of name characters begins, or goes on, as a token may; most never do."""
    if end - start > _LONGEST_KNOWN or text[start - 1 : start] in _TELLING_BEFORE:
        return True
    return _begins(text[start:end]) or (text[start] == "-" and _begins(text[start + 1 : end]))


@lru_cache(maxsize=16_384)
def _begins(run: str) -> bool:
    """The same names stand in a history thousands of times: each is looked at once."""
    if run[:3] in _BY_BEGINNING or run[:2] in _BY_BEGINNING or run[0] in _DISCORD_BEGINS:
        return True
    if run[4:6] == "Q~" or run[14:18] == ".atl":
        return True
    if _DIGIT.search(run) and (_by_shape(run, 0) or _telling(run, 0)):
        return True
    if colour := _COLOUR.match(run):
        return _begins(run[colour.end() :])
    return any(
        run[found.end() : found.end() + 3] in _BY_BEGINNING for found in _SEPARATOR.finditer(run)
    )


def token_inside(text: str, start: int, end: int) -> Span | None:
    """The first token in a run behind a separator, `fix-ghp_...`, or one whose name tells."""
    first = start + (text[start - 1 : start] == "\\")
    while found := _SEPARATOR.search(text, start, end):
        start = found.end()
        for format_ in _BY_BEGINNING.get(text[start : start + 3], ()):
            token = format_.pattern.match(text, start)
            if token and _begins_long(format_, token[0]) and not is_placeholder(token[0]):
                return Span(start, token.end(), format_.type)
    return _telling(text, first)


def _begins_long(format_: Format, token: str) -> bool:
    return any(len(start) >= _LEAST_INSIDE and token.startswith(start) for start in format_.starts)


def token_at(text: str, at: int) -> Span | None:
    """The token of a known format that begins at `at`, which is the beginning of a run."""
    before = text[at - 1 : at]
    if before == "\\":  # the n of an escaped line break
        at += 5 if text.startswith("u00", at) else 1  # or a quote: \\u0022
    elif before == "%":  # the two digits of a percent-encoded character
        at += 2
    elif before in _IN_COLOUR and (colour := _COLOUR.match(text, at)):
        at = colour.end()
    if before in _LINE_BEFORE and text[at : at + 1] == "-":
        at += 1
    formats = _BY_BEGINNING.get(text[at : at + 3]) or _BY_BEGINNING.get(text[at : at + 2])
    for format_ in formats or ():
        found = format_.pattern.match(text, at)
        if found and not is_placeholder(found[0]):
            return Span(at, found.end(), format_.type)
    if before in _MARKS_BEFORE and (span := _after_mark(text, at, before)):
        return span
    return _by_inner_mark(text, at)


def _by_shape(text: str, at: int) -> Span | None:
    """What has no beginning of its own, but parts of certain lengths."""
    if text[at + 32 : at + 33] in _JOINTS and (found := _HEXED.match(text, at)):
        return Span(at, found.end(), "api-key")
    if text[at + 27 : at + 28] == "_" and (found := _NGROK.match(text, at)):
        return Span(at, found.end(), "ngrok")
    if text[at + 36 : at + 37] == "_" and (found := _MAXMIND.match(text, at)):
        return Span(at, found.end(), "maxmind")
    if text[at + 42 : at + 44] == "Az" or text[at + 76 : at + 80] == "AZDO":
        found = _AZURE.match(text, at)
        return Span(at, found.end(), "azure") if found else None
    return None


def _telling(text: str, at: int) -> Span | None:
    found = _TELLING.match(text, at)
    if found is None:
        return None
    body = found["body"]
    telling = is_random(body) if not is_long_hex(body) else len(body) >= _LONG_HEX
    return Span(at, found.end(), "api-key") if telling else None


def _after_mark(text: str, at: int, before: str) -> Span | None:
    if before == ":" and (found := _TELEGRAM.match(text, at)):
        number = _TELEGRAM_ID.search(text, max(0, at - 11), at)
        return Span(number.start(), found.end(), "telegram") if number else None
    if before == ":" and (found := _SECRET_HEX.match(text, at)):
        number = _ID_BEFORE.search(text, max(0, at - 26), at)
        return Span(number.start(), found.end(), "ghost") if number else None
    if text[at - 3 : at] == "1//" and (found := _GOOGLE_REFRESH.match(text, at)):
        return Span(at - 3, found.end(), "google-oauth")
    if before == "/" and "hook" in text[max(0, at - _REACH) : at]:
        found = _WEBHOOK_PART.match(text, at)
        hook = _WEBHOOK.search(text, max(0, at - _REACH), at)
        if found and hook:
            return Span(hook.start("path"), found.end(), "webhook")
    return None


def _by_inner_mark(text: str, at: int) -> Span | None:
    if text[at] in _DISCORD_BEGINS and (found := _DISCORD.match(text, at)):
        return Span(at, found.end(), "discord")
    if text[at + 4 : at + 6] == "Q~" and (found := _AZURE_AD.match(text, at)):
        return Span(at, found.end(), "azure-ad")
    if text[at + 14 : at + 18] == ".atl" and (found := _TERRAFORM.match(text, at)):
        return Span(at, found.end(), "terraform")
    return _by_shape(text, at)
