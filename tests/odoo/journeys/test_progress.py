"""I look at the list, and the count moves by itself."""

import re

from kit.waiting import wait_for
from playwright.sync_api import expect


def test_the_progress_cell_moves_without_a_reload(supervisor, orders, jobs, slow_line):
    order = orders.make(61)
    supervisor.open_jobs(orders.name(order))
    loaded = supervisor.navigations
    [first, second] = orders.split(order, [60, 1])
    row = supervisor.job_row(first.name)
    expect(row).to_be_visible(timeout=30_000)
    seen = []

    def moved_twice():
        found = re.search(r"(\d+) of 60", row.inner_text())
        if found and (not seen or seen[-1] != int(found[1])):
            seen.append(int(found[1]))
            if 0 < seen[-1] < 60:
                supervisor.shot("progress-moving")
        return len([value for value in seen if 0 < value < 60]) >= 2

    wait_for("two different counts on the way", moved_twice, timeout=60)
    expect(row).to_contain_text("60 of 60", timeout=60_000)
    assert seen == sorted(seen), f"the count went back: {seen}"
    assert supervisor.navigations == loaded, "the page was loaded again"
    # What the screen said is what the paper says.
    jobs.wait_ended(first.id, second.id)
    assert len(slow_line.zebra.labels_of(first.name)) == 60
    supervisor.shot("progress-done")


def test_an_open_job_counts_too(supervisor, orders, jobs, slow_line):
    [first, second] = orders.split(orders.make(31), [30, 1])
    [job] = wait_for("the job", lambda: jobs.of(first.id))
    supervisor.open_job(job["id"])
    loaded = supervisor.navigations
    expect(supervisor.page.locator(".o_label_print_freshness")).to_contain_text("updated", timeout=30_000)
    expect(supervisor.page.locator(".o_label_print_time_left")).to_contain_text(re.compile(r"\d+ s left"), timeout=30_000)
    supervisor.shot("job-form-moving")
    expect(supervisor.page.locator(".o_form_view")).to_contain_text("30 of 30", timeout=60_000)
    assert supervisor.navigations == loaded, "the page was loaded again"
    supervisor.shot("job-form-done")
    jobs.wait_ended(second.id)


def test_labels_reprinted_at_the_service_show_up_in_odoo(odoo, orders, jobs, line):
    [first, second] = orders.split(orders.make(5), [4, 1])
    jobs.wait_ended(first.id, second.id)
    job = jobs.one(first.id)
    status, again = line.service.post(f"/api/jobs/{job['uuid']}/reprint", labels="2-3", reason="Smeared")
    assert status == 202, again

    def adopted():
        [*rows] = odoo.admin.search("label.print.job", [("reprint_of_id", "=", job["id"])], ["uuid", "status", "reprint_reason"])
        return rows if rows and rows[0]["status"] == "completed" else None

    [row] = wait_for("the reprint in Odoo", adopted, timeout=60)
    assert (row["uuid"], row["reprint_reason"]) == (again["uuid"], "Smeared")
    assert len(line.zebra.labels_of(first.name)) == 6
