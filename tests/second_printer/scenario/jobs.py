"""Jobs as they are submitted: again and again until there is an answer, as a caller has to."""

import asyncio
import random
import uuid

PRODUCT = "Second_printer, ^test~ <>"  # signs that are commands unless they are escaped
TRIES = 400


class Job:
    """One job of the plan, on its way into the service."""

    def __init__(self, stage, index, planned):
        self._stage, self._planned = stage, planned
        self.label_ids = planned.label_ids(index)
        bits = random.Random(f"{stage.plan.seed}/{index}").getrandbits(128)
        self.uuid = str(uuid.UUID(int=bits, version=4))
        self.is_accepted = False
        self.is_cancelled = False  # by a person, once at least
        self.refusal = None

    def _body(self):
        body = {"uuid": self.uuid, "printer": "second", "job_type": "manual", "priority": self._planned.priority}
        if self._planned.is_ready_zpl:
            body["zpl"] = "\n".join(f"^XA^FO20,20^A0N,30,30^FH_^FD{label}^FS^XZ" for label in self.label_ids)
        else:
            labels = [{"serial": label} for label in self.label_ids]
            body.update(template="second", data={"product": PRODUCT}, labels=labels)
        return body

    async def submit(self):
        """The same uuid and body each time: it can only be accepted once."""
        await asyncio.sleep(self._planned.at_seconds)
        for attempt in range(TRIES):
            code, answer = await self._stage.api.call("POST", "/api/jobs", self._body())
            if code in (200, 202):
                self._stage.journal("submitted", job=self.uuid, code=code, attempt=attempt)
                self.is_accepted = True
                return
            if code is not None and code < 500:
                self.refusal = answer
                return
            await asyncio.sleep(0.2)
