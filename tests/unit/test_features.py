"""The list of capabilities names each one once, with a state and the command that shows it."""

import re
from pathlib import Path

FEATURES = Path(__file__).parents[2] / "docs" / "features.md"

IDS = """
    O1 O2 O3 O4 O5 O6 O7 O8
    N1 N2 N3 N4 N5 N6 N7 N8 N9
    P1 P2 P3 P4 P5 P6 P7 P8 P9
    X1 X2 X3 X4 X5 X6 X7 X8 X9
    V1 V2 V3 V4 V5
    T1 T2 T3 T4 T5 T6
    S1 S2 S3 S4 S5 S6 S7
    A1 A2 A3 A4 A5 A6 A7 A8 A9 A10 A11 A12 A13 A14 A15
    B1 B2 B3 B4 B5 B6 B7 B8 B9 B10 B11 B12
    C1 C2 C3 C4 C5 C6 C7
    D1 D2 D3 D4 D5 D6 D7
    E1 E2 E3 E4 E5 E6
    M1 M2 M3 M4 M5 M6 M7 M8 M9 M10 M12
"""
STATES = {"done", "partly", "not yet"}


def rows() -> list[list[str]]:
    lines = FEATURES.read_text(encoding="utf-8").splitlines()
    return [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in lines
        if re.match(r"\| [A-Z]\d+ \|", line)
    ]


def test_each_id_appears_once():
    assert sorted(row[0] for row in rows()) == sorted(IDS.split())


def test_each_row_has_a_title_and_a_state():
    assert all(len(row) == 4 and row[1] and row[2] in STATES for row in rows())


def test_what_is_there_names_the_command_that_shows_it_and_nothing_else_does():
    for row in rows():
        assert bool(row[3]) == (row[2] != "not yet"), row
