# SPDX-License-Identifier: GPL-3.0-or-later
"""What migrate_predict says of migrations in the lab. How right it is, test_predict_figures.py looks
at."""
import pytest

from predictions import (MIB, last_end, predict_and_migrate, prepare,
                         fixture_lab)  # pylint: disable=unused-import


def test_how_it_goes(lab):
    """Its end tells what had been predicted."""
    predicted, end = predict_and_migrate(lab, "20M 10M", "64m", "0.3")
    assert predicted["total-ms"] / 3 < end["total-ms"] < predicted["total-ms"] * 3


@pytest.mark.parametrize("which, command", [(0, "migrate_set_downtime"), (1, "migrate_set_speed")])
def test_no_end_and_the_way_out(lab, which, command):
    """It goes on for ever, as was said; each line of advice would end it."""
    prepare(lab, "100M 80M", "64m", "0.05")
    for _ in range(3):  # on a busy machine it may look as if no speed would do
        predicted = lab.get("migrate_predict --seconds 2")
        if len(predicted["advice"]) == 2:
            break
    assert not predicted["converges"] and "total-ms" not in predicted
    assert abs(predicted["working-set-bytes"] - 80 * MIB) < 15 * MIB
    lab.get("migrate -d peer")
    assert "still" in lab.fail("wait migration 3")[1]
    assert len(predicted["advice"]) == 2  # what may help is none
    assert [remedy["line"] for remedy in predicted["remedies"]] == predicted["advice"]
    assert all(remedy["total-ms"] > remedy["downtime-ms"] > 0
               for remedy in predicted["remedies"])
    advice = predicted["advice"][which]
    assert advice.startswith(command + " ")
    lab.get(advice)
    lab.get("wait migration 8")
    assert last_end(lab)["predicted"] == "will not converge"


def test_a_span_written_before_the_first_look(lab):
    """When the guest came to its end nobody saw: no end is promised, and the ways out hold. It never
    ended in 12 s."""
    for which in range(2):
        prepare(lab, "200M 20M", "120m", "0.1")
        predicted = lab.get("migrate_predict")
        assert not predicted["converges"] and predicted["close"], predicted
        lab.get("migrate -d peer")
        assert "still" in lab.fail("wait migration 2")[1]
        lab.get(predicted["advice"][which])
        lab.get("wait migration 8")
        lab.get("lab reset")


def test_where_no_migration_can_begin(lab):
    assert lab.fail("peer migrate_predict")[1] == "'destination' waits for a migration itself"
    lab.get("migrate peer")
    assert "its guest runs at the destination" in lab.fail("migrate_predict")[1]


def test_not_during_a_migration(lab):
    prepare(lab, "400M 100M", "8m", "0.05")
    lab.get("migrate -d peer")
    assert "under way" in lab.fail("migrate_predict")[1]
    lab.get("migrate_cancel")


def test_a_guest_that_stands_still(lab):
    prepare(lab, "400M 100M", "64m", "0.05")
    lab.get("stop")
    predicted = lab.get("migrate_predict")
    assert predicted["converges"] and predicted["dirty"] == []
    assert "stands still" in predicted["assumptions"][1]


def test_wrong_arguments_and_lines(hmpsh):
    done = hmpsh("--lab", "-k", stdin="migrate_predict --seconds 0.5\nmigrate_predict --link 0\n"
                 "migrate_predict --seconds 1\nmigrate peer\n")
    assert "RATE is more than 0" in done.stderr
    assert "whole number from 1 to 60" in done.stderr
    lines = done.stdout.splitlines()
    assert lines[0] == "prediction: will converge"
    assert [line.split(":")[0] for line in lines[1:]] == [
        "passes", "total time", "downtime", "sent", "memory", "writing", "at", "link"]
