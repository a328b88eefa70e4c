"""Whatever a screen shows: the server refuses what a person may not do."""

import pytest
from kit.people import STRANGER, SUPERVISOR, VIEWER
from kit.rpc import Refused

RIGHTS = 4  # XML-RPC's code for "you may not"


@pytest.fixture
def waiting_job(orders, jobs, line):
    """A job that waits at a paused printer, so that there is something to steer."""
    line.zebra.control.do("pause")
    [first, second] = orders.split(orders.make(3), [2, 1])
    jobs.wait([first.id, second.id], "queued", "printing")
    yield jobs.one(first.id)["id"]
    line.zebra.control.do("resume")
    jobs.wait_ended(first.id, second.id)
    assert len(line.zebra.paper()) == 3


@pytest.mark.parametrize("action", ["action_cancel", "action_retry"])
@pytest.mark.parametrize("login", [VIEWER, STRANGER])
def test_who_may_not_steer_is_refused(odoo, waiting_job, login, action):
    with pytest.raises(Refused) as refusal:
        odoo.caller(login).call("label.print.job", action, [waiting_job])
    assert refusal.value.code == RIGHTS
    assert odoo.admin.read("label.print.job", waiting_job, "status")["status"] in ("queued", "printing")


def test_a_stranger_does_not_even_see_jobs(odoo, waiting_job):
    with pytest.raises(Refused) as refusal:
        odoo.caller(STRANGER).search("label.print.job", [], ["status"])
    assert refusal.value.code == RIGHTS


@pytest.mark.parametrize("login", [VIEWER, SUPERVISOR])
def test_nobody_writes_the_truth_by_hand(odoo, waiting_job, login):
    for values in ({"status": "completed"}, {"current_label": 2}):
        with pytest.raises(Refused) as refusal:
            odoo.caller(login).write("label.print.job", waiting_job, **values)
        assert refusal.value.code == RIGHTS


@pytest.mark.parametrize("login", [VIEWER, SUPERVISOR, "admin"])
def test_only_the_service_reports(odoo, waiting_job, login):
    with pytest.raises(Refused) as refusal:
        odoo.caller(login).call("label.print.job", "service_report", [])
    assert refusal.value.code == RIGHTS


def test_the_service_sees_nothing_but_its_own_method(odoo, line):
    service = odoo.caller("label-service")
    assert service.call("label.print.job", "service_hello")["addon"] == "label_print"
    with pytest.raises(Refused):
        service.search("mrp.production", [], ["name"])
