"""Print jobs as Odoo holds them."""

from .waiting import wait_for

ENDED = ("completed", "completed_with_errors", "failed", "cancelled")
FIELDS = ["uuid", "mo_id", "status", "quantity", "current_label", "job_type", "error_code", "error_message", "attention"]


class Jobs:
    def __init__(self, caller):
        self._caller = caller

    def of(self, *orders):
        return self._caller.search("label.print.job", [("mo_id", "in", list(orders))], FIELDS, order="id")

    def one(self, order):
        [job] = self.of(order)
        return job

    def wait(self, orders, *statuses, timeout=60):
        """Until every order has a job and each is in one of these states."""

        def reached():
            jobs = self.of(*orders)
            if len({job["mo_id"][0] for job in jobs}) < len(orders):
                return None
            return jobs if all(job["status"] in statuses for job in jobs) else None

        try:
            return wait_for(f"jobs to be {' or '.join(statuses)}", reached, timeout, every=0.1)
        except AssertionError as error:
            raise AssertionError(f"{error}; Odoo holds {self.of(*orders)}") from None

    def wait_ended(self, *orders, timeout=60):
        return self.wait(orders, *ENDED, timeout=timeout)
