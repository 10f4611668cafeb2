"""Signatures that differ in a word no mask could know: one failure after all."""

from collections.abc import Iterable, Mapping

from homeostat.analyze.variables import Shape, joined, words_of
from homeostat.model.ids import SignatureId
from homeostat.model.signature import ErrorClass, Signature

VALUES = 3
"""Words seen at one place before it counts as a variable: two may be two failures of a kind."""
FIXED = 4
"""Words that must be equal besides: short messages differ in what they say, not in a name."""
LIMIT = 2_000
"""Keys of one family, class and length that are compared; the least used are left out."""

_TOLD_BY_WORDS = (
    "salient-line",
    "typed-line",
    "python-traceback",
    "js-stack",
    "java-stack",
    "api-json",
)
"""Rules whose message is a line as the program wrote it: others know what they keep."""
_OF_CODE = frozenset(
    {
        ErrorClass.BUILD_ERROR,
        ErrorClass.SYNTAX,
        ErrorClass.TYPE_ERROR,
        ErrorClass.ATTRIBUTE_ERROR,
        ErrorClass.LOOKUP_ERROR,
        ErrorClass.VALUE_ERROR,
        ErrorClass.IMPORT_ERROR,
        ErrorClass.TEST_FAILURE,
        ErrorClass.DATABASE,
    }
)
"""What compilers and the like name in their words is the failure, quoted or not."""
_TELLING = words_of(
    "error failed failure fatal not found missing invalid unknown denied refused timeout expired"
    " required unsupported unexpected cannot exists locked forbidden unauthorized exceeded"
    " connection permission syntax type value key read write open create delete update file"
    " directory folder table column user server tool command token database branch commit issue"
    " comment project page message variable argument option module package function method field"
    " client request response network memory disk image container service record row index"
)


def aliases(keys: Iterable[Signature]) -> Mapping[SignatureId, SignatureId]:
    """From each id that is one of several names of a failure to the id that stands for them.

    Keys are joined only when family, kind, class, kept identifiers and place agree, and when
    `VALUES` of them differ in one word alone. The order of `keys` does not matter; how often a key
    occurs only decides who is compared when there are more than `LIMIT`.
    """
    signatures = list(keys)
    shapes = [_shape(signature) for signature in signatures]
    whole_of = joined(
        (shape for shape in shapes if shape),
        values=VALUES,
        fixed=FIXED,
        limit=LIMIT,
        telling=_TELLING,
    )
    groups: dict[Shape, SignatureId] = {}
    for signature, shape in zip(signatures, shapes, strict=True):
        if shape and (whole := whole_of.get(shape)):
            groups[whole] = min(groups.get(whole, signature.id), signature.id)
    return {
        signature.id: groups[whole]
        for signature, shape in zip(signatures, shapes, strict=True)
        if shape and (whole := whole_of.get(shape)) and groups[whole] != signature.id
    }


def _shape(signature: Signature) -> Shape | None:
    told_by_words = signature.rule in _TOLD_BY_WORDS and not signature.identifiers
    if signature.error_class in _OF_CODE and not told_by_words:
        return None
    scope = (
        f"{signature.family}|{signature.kind}|{','.join(signature.identifiers)}|{signature.place}"
        f"|{signature.error_class}"
    )
    return Shape(scope, tuple(signature.message.split()))
