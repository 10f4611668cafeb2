"""The person's word on what is one failure is remembered and holds for history too."""

import pytest

from histories import ClaudeSession
from homeostat.knowledge.queries.runs import CallFilter
from homeostat.model.errors import NotFoundError, UsageError
from homeostat.model.views import Window

EXPIRED = "Exit code 1\nfatal: the certificate has expired"
MISSING = "Exit code 1\nModuleNotFoundError: No module named 'yaml'"


def two_failures(homeostat, folder, name="one"):
    session = ClaudeSession(name).prompt()
    session.failing(f"{name}-1", EXPIRED).failing(f"{name}-2", MISSING)
    homeostat.import_files([session.finished().write(folder)])


def signature_of(homeostat, call_id):
    (found,) = (c.signature for c in homeostat.calls(CallFilter()) if c.call_id == call_id)
    return found


def test_merged_signatures_are_shown_as_one_also_those_that_come_later(homeostat, tmp_path):
    two_failures(homeostat, tmp_path)
    one, into = signature_of(homeostat, "one-1"), signature_of(homeostat, "one-2")

    homeostat.merge(one, into)
    two_failures(homeostat, tmp_path, "two")

    (group,) = homeostat.failures(Window())
    assert (group.signature, group.failures) == (into, 4)
    assert homeostat.signature(into).merged == (one,)
    assert len(list(homeostat.calls(CallFilter(), signature=into))) == 4


def test_a_merge_that_was_taken_back_leaves_no_trace(homeostat, tmp_path):
    two_failures(homeostat, tmp_path)
    before = homeostat.failures(Window())
    done = homeostat.merge(before[0].signature, before[1].signature)

    homeostat.undo_grouping(done.grouping_id)

    assert homeostat.failures(Window()) == before
    with pytest.raises(NotFoundError):
        homeostat.undo_grouping(done.grouping_id)


def test_what_is_one_group_already_is_not_merged_again(homeostat, tmp_path):
    two_failures(homeostat, tmp_path)
    one, two = (group.signature for group in homeostat.failures(Window()))
    homeostat.merge(one, two)

    with pytest.raises(UsageError, match="one group already"):
        homeostat.merge(two, one)


def failures_of_two_kinds(homeostat, folder, name="one"):
    session = ClaudeSession(name).prompt()
    for number, tail in enumerate(("by proxy alpha", "by proxy beta", "by proxy alpha")):
        session.failing(f"{name}-{number}", f"{MISSING}\nhint: {tail}")
    homeostat.import_files([session.finished().write(folder)])


def test_a_split_holds_for_history_and_for_what_comes(homeostat, tmp_path):
    failures_of_two_kinds(homeostat, tmp_path)
    (whole,) = homeostat.failures(Window())

    done = homeostat.split(whole.signature, "proxy alpha")
    failures_of_two_kinds(homeostat, tmp_path, "two")

    counts = {group.signature: group.failures for group in homeostat.failures(Window())}
    assert (done.moved, done.stayed) == (2, 1)
    assert counts == {whole.signature: 2, done.grouping.into_id: 4}
    assert homeostat.check() == []


def test_a_split_that_was_taken_back_joins_all_again(homeostat, tmp_path):
    failures_of_two_kinds(homeostat, tmp_path)
    (whole,) = homeostat.failures(Window())
    done = homeostat.split(whole.signature, "proxy alpha")

    homeostat.undo_grouping(done.grouping.grouping_id)
    failures_of_two_kinds(homeostat, tmp_path, "two")

    assert [group.failures for group in homeostat.failures(Window())] == [6]
    assert homeostat.check() == []


@pytest.mark.parametrize(
    ("needle", "said"), [("nowhere", "none"), ("No module", "all"), ("x", "too short")]
)
def test_a_split_that_splits_nothing_is_refused(homeostat, tmp_path, needle, said):
    failures_of_two_kinds(homeostat, tmp_path)
    before = homeostat.failures(Window())

    with pytest.raises(UsageError, match=said):
        homeostat.split(before[0].signature, needle)

    assert homeostat.failures(Window()) == before


def test_an_ignored_signature_leaves_the_ranking_and_is_still_counted(homeostat, tmp_path):
    two_failures(homeostat, tmp_path)
    first = homeostat.failures(Window())[0]

    homeostat.ignore(first.signature, None)

    ignored = [group for group in homeostat.failures(Window()) if group.ignored]
    dashboard = homeostat.dashboard()
    assert [(g.signature, g.failures) for g in ignored] == [(first.signature, 1)]
    assert first.signature not in {group.signature for group in dashboard.costliest}
    assert dashboard.totals.faults == 2


def test_a_beginning_that_fits_several_signatures_is_refused(homeostat, tmp_path):
    two_failures(homeostat, tmp_path)

    with pytest.raises(NotFoundError, match="several signatures"):
        homeostat.signature("S-")
    with pytest.raises(NotFoundError, match="no signature"):
        homeostat.signature("S-0000000000")


def test_a_split_of_a_split_is_taken_back_from_the_last_one(homeostat, tmp_path):
    session = ClaudeSession()
    for number in range(8):
        fruit, place = ("apple", "pear")[number % 2], ("one", "two")[number // 4]
        session.failing(f"t{number}", f"Exit code 127\nzork: command not found\n{place} {fruit}")
    homeostat.import_files([session.write(tmp_path)])
    (group,) = homeostat.failures(Window())
    first = homeostat.split(group.signature, "apple").grouping
    second = homeostat.split(first.into_id, "one").grouping

    with pytest.raises(UsageError, match="you said more of") as raised:
        homeostat.undo_grouping(first.grouping_id)
    assert raised.value.next_step.endswith(second.undo)

    homeostat.undo_grouping(second.grouping_id)
    homeostat.undo_grouping(first.grouping_id)
    assert [g.failures for g in homeostat.failures(Window())] == [8]


def test_a_run_with_both_of_two_merged_signatures_is_one_run(homeostat, tmp_path):
    session = ClaudeSession().failing("t1", "Exit code 127\nzork: command not found")
    session.failing("t2", "Exit code 1\nModuleNotFoundError: No module named 'yaml'")
    homeostat.import_files([session.write(tmp_path)])
    one, other = homeostat.failures(Window())

    homeostat.merge(one.signature, other.signature)

    (group,) = homeostat.failures(Window())
    assert (group.failures, group.runs) == (2, 1)
    assert homeostat.signature(other.signature).group.runs == 1
