"""What we use of Inspect's logs. Fields keep its names; all others are skipped."""

from datetime import datetime

import msgspec

from homeostat.monitor.json_lines import Figure, Milliseconds
from homeostat.monitor.parts import Parts

NOTHING = msgspec.Raw(b"null")


class Tokens(msgspec.Struct, gc=False):
    input_tokens: Figure | None = None
    output_tokens: Figure | None = None
    input_tokens_cache_read: Figure | None = None
    input_tokens_cache_write: Figure | None = None


class Call(msgspec.Struct, gc=False):
    id: str = ""
    function: str = ""
    arguments: msgspec.Raw = msgspec.Raw(b"{}")


class Failure(msgspec.Struct, gc=False):
    type: str = ""
    message: str = ""


class Message(msgspec.Struct, gc=False):
    role: str = ""
    id: str | None = None
    content: msgspec.Raw = NOTHING
    tool_calls: msgspec.Raw = NOTHING
    tool_call_id: str | None = None
    function: str | None = None
    error: msgspec.Raw = NOTHING


class Said(msgspec.Struct, gc=False):
    id: str | None = None


class Choice(msgspec.Struct, gc=False):
    message: Said | None = None


class Output(msgspec.Struct, gc=False):
    choices: list[Choice] | None = None
    usage: Tokens | None = None


class Happened(msgspec.Struct, gc=False):
    """Of the sample's events those of calls and of the model: they have the times."""

    event: str = ""
    id: msgspec.Raw = NOTHING
    timestamp: datetime | None = None
    completed: msgspec.Raw = NOTHING
    working_time: Milliseconds | None = None
    output: msgspec.Raw = NOTHING


class Scored(msgspec.Struct, gc=False):
    value: msgspec.Raw = NOTHING
    explanation: str | None = None


class Limit(msgspec.Struct, gc=False):
    type: str = ""


class Sample(msgspec.Struct, gc=False):
    id: int | str | None = None
    started_at: datetime | None = None
    completed_at: datetime | None = None
    epoch: int | None = None
    uuid: str | None = None
    messages: msgspec.Raw = NOTHING
    output: msgspec.Raw = NOTHING
    scores: msgspec.Raw = NOTHING
    model_usage: msgspec.Raw = NOTHING
    events: msgspec.Raw = NOTHING
    attachments: msgspec.Raw = NOTHING
    error: msgspec.Raw = NOTHING
    limit: msgspec.Raw = NOTHING


class Evaluation(msgspec.Struct, gc=False):
    created: str | None = None
    task: str | None = None
    task_id: str | None = None
    model: str | None = None
    packages: dict[str, msgspec.Raw] | None = None


class Log(msgspec.Struct, gc=False):
    evaluation: msgspec.Raw = msgspec.field(name="eval", default=NOTHING)


class Record(Log, gc=False):
    """The document without its samples, a member that says what was evaluated, or a sample."""

    start: Log | None = None
    header: Log | None = None
    samples: msgspec.Raw = NOTHING


records = msgspec.json.Decoder(Record)
samples = msgspec.json.Decoder(Sample)
scored = msgspec.json.Decoder(Scored)
spendings = msgspec.json.Decoder(Tokens)
text = msgspec.json.Decoder(str)
failure = msgspec.json.Decoder(Failure)
limit = msgspec.json.Decoder(Limit)
messages = Parts(
    msgspec.json.Decoder(list[Message] | None), msgspec.json.Decoder(Message), "message"
)
calls = Parts(msgspec.json.Decoder(list[Call] | None), msgspec.json.Decoder(Call), "call")
happened = Parts(
    msgspec.json.Decoder(list[Happened] | None), msgspec.json.Decoder(Happened), "event"
)
output = msgspec.json.Decoder(Output)
moment = msgspec.json.Decoder(datetime | None).decode
evaluation = msgspec.json.Decoder(Evaluation)
