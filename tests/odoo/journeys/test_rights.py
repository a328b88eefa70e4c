"""Whatever a screen shows: the server refuses what a person may not do."""

import pytest
from kit.people import STRANGER, SUPERVISOR, VIEWER
from kit.rpc import Refused

RIGHTS = 4  # XML-RPC's code for "you may not"
STEERING = [f"action_{verb}" for verb in ("cancel", "retry", "pause", "resume", "reprint", "resolve")]


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


@pytest.fixture(scope="module")
def version(odoo):
    """A version of a template, as an upload would have left it."""
    made = "template = env['label.print.template'].create({'name': 'tag', 'title': 'Tag'})\n"
    made += "version = env['label.print.template.version'].create({'template_id': template.id, 'version': '1'})\n"
    return odoo.shell(f"{made}result['id'] = version.id")["id"]


@pytest.mark.parametrize("action", ["action_cancel", "action_retry"])
@pytest.mark.parametrize("login", [VIEWER, STRANGER])
def test_who_may_not_steer_is_refused(odoo, waiting_job, login, action):
    with pytest.raises(Refused) as refusal:
        odoo.caller(login).call("label.print.job", action, [waiting_job])
    assert refusal.value.code == RIGHTS
    assert odoo.admin.read("label.print.job", waiting_job, "status")["status"] in ("queued", "printing")


@pytest.mark.parametrize("login", [VIEWER, STRANGER])
def test_each_action_is_refused_by_the_server(odoo, waiting_job, version, login):
    """Called as a program would: there is no button that could be hidden."""
    [printer] = odoo.admin.search("printer.configuration", [["job_ids", "in", [waiting_job]]], ["id"])
    printer = [printer["id"]]
    [template] = odoo.admin.search("label.print.template", [["name", "=", "mo_label"]], ["id"])
    actions = [
        *[("label.print.job", action, [waiting_job]) for action in STEERING],
        *[("printer.configuration", action, printer) for action in ("action_pause", "action_resume")],
        ("printer.configuration", "write", printer, {"name": "elsewhere"}),
        ("label.print.template", "action_edit", [template["id"]]),
        ("label.print.template", "action_new"),
        ("label.print.template.editor", "create", {"name": "mo_label"}),
        ("label.print.template.version", "action_approve", [version]),
        ("label.print.reprint", "create", {"job_id": waiting_job, "labels": "1", "reason": "mine"}),
        ("label.print.resolve", "create", {"job_id": waiting_job}),
        ("label.print.rule", "create", {"name": "Mine", "event": "done"}),
        ("label.print.job", "create", {"quantity": 9}),
        ("label.print.job", "unlink", [waiting_job]),
        ("label.print.agent", "write", [1], {"name": "mine"}),
        ("res.config.settings", "create", {"label_print_api_url": "http://elsewhere"}),
        ("res.config.settings", "action_label_print_test_connection", [1]),
        ("ir.config_parameter", "set_param", "label_print.api_key", "mine"),
    ]
    if login == STRANGER:
        actions += [("printer.configuration", "action_print_test", printer), ("label.print.wizard", "create", {})]
    allowed = []
    for model, method, *words in actions:
        try:
            odoo.caller(login).call(model, method, *words)
            allowed.append((model, method))
        except Refused as refusal:
            assert refusal.code == RIGHTS, (model, method, str(refusal))
    assert allowed == []
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
