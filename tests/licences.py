"""Fails when something that users install has a licence that asks for more than a notice.

Run by `make check`: the packages of requirements/run.txt and requirements/all.txt, by what they say
of themselves. The two named exceptions are optional and never installed unasked.
"""

import re
import sys
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

REQUIREMENTS = Path(__file__).parents[1] / "requirements"
PERMISSIVE = re.compile(
    r"\b(?:MIT(?:-0)?|BSD|Apache|ISC|PSF|Python Software Foundation|Unlicense|0BSD|Zlib"
    r"|MPL-2\.0|Mozilla Public License 2)",
    re.IGNORECASE,
)
COPYLEFT = re.compile(r"\b(?:[AL]?GPL|GNU|EUPL|SSPL|CC-BY-(?:SA|NC))", re.IGNORECASE)
EXCEPTIONS = {
    "psycopg": "LGPL-3, extra [postgres]",
    "psycopg-binary": "LGPL-3, extra [postgres]",
    "python-telegram-bot": "LGPL-3, extra [telegram]",
}


def required() -> list[str]:
    """The packages that users install, in alphabetical order."""
    texts = [(REQUIREMENTS / name).read_text(encoding="utf-8") for name in ("run.txt", "all.txt")]
    names = {
        n for text in texts for n in re.findall(r"^([\w.-]+)(?:\[.*\])?==", text, re.MULTILINE)
    }
    return sorted(re.sub(r"[-_.]+", "-", name).lower() for name in names)


def licence(package: Distribution) -> str:
    """What the package says: its expression, else its classifiers, else its free text."""
    metadata = package.metadata
    classifiers = [
        classifier.rpartition(" :: ")[2]
        for classifier in metadata.get_all("Classifier") or []
        if classifier.startswith("License ::")
    ]
    free_text = (metadata["License"] or "").strip().partition("\n")[0]
    return metadata["License-Expression"] or ", ".join(classifiers) or free_text or "unknown"


def verdict(name: str) -> tuple[str, str]:
    """What is said of a package, and whether that is allowed."""
    if name in EXCEPTIONS:
        return EXCEPTIONS[name], "exception"
    try:
        said = licence(distribution(name))
    except PackageNotFoundError:
        return "not installed", "skipped"
    allowed = PERMISSIVE.search(said) and not COPYLEFT.search(said)
    return said, "ok" if allowed else "NOT ALLOWED"


def main() -> int:
    rows = [(name, *verdict(name)) for name in required()]
    width = max(len(name) for name, _, _ in rows)
    lines = [f"{name:{width}}  {judged:11}  {said[:60]}" for name, said, judged in rows]
    sys.stdout.write("\n".join(lines) + "\n")
    return any(judged == "NOT ALLOWED" for _, _, judged in rows)


if __name__ == "__main__":
    sys.exit(main())
