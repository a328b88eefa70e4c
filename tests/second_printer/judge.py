"""Holds what the service said against what lies on the paper."""

from scenario.api import ENDED, numbers
from scenario.natures import LOSES_RAM, WITH_COUNTER

PRINTED = ("printed", "verified")
NOT_PRINTED = ("failed", "cancelled")
OPEN = (None, "pending", "sent", "unconfirmed")
LABELS_A_WINDOW = 8  # what an interruption leaves in doubt where there is no label counter


def judge(stage):
    """All findings, each with `what`, and the job and label it is about."""
    findings = stage.findings + stage.watcher.findings
    for index, job in enumerate(stage.jobs):
        findings += _job(stage, index, job)
        for number, label_id in enumerate(job.label_ids, start=1):
            findings += _label(stage, index, number, label_id)
    return findings + _questions(stage)


def _job(stage, index, job):
    if job.refusal is not None:
        return [{"what": "job refused", "job": index, "answer": job.refusal}]
    status = stage.watcher.status.get(index)
    if status is None or status["status"] not in ENDED or numbers(status["unconfirmed"]):
        return [
            {
                "what": "job never ended",
                "job": index,
                "status": status,
                "printer_idle": stage.printer.is_idle(),
                "printer_can_print": stage.printer.condition.can_print,
            }
        ]
    if status["status"] != "completed" and not job.is_cancelled:
        return [{"what": "job ended badly", "job": index, "status": status}]
    return []


def _label(stage, index, number, label_id):
    paper = stage.printer.paper
    whole_at = paper.whole_at(label_id)
    label = stage.labels.get(index, {}).get(number)
    outcome = label and label["outcome"]
    question = stage.watcher.asked.get((index, number))
    about = {
        "job": index,
        "label": number,
        "label_id": label_id,
        "outcome": outcome,
        "evidence": label and label.get("evidence"),
        "whole_at": whole_at,
        "torn": paper.torn(label_id),
        "cancelled_at_printer": label_id in stage.printer.hands.cancelled,
        "asked_at": question and question.seconds,
        "answers": stage.person.answers.get((index, number)),
    }
    findings = []
    if len(whole_at) > 1:
        findings.append({"what": "printed twice", **about})
    if outcome in PRINTED and not whole_at:
        findings.append({"what": "lost: recorded as printed", **about})
    if outcome in NOT_PRINTED and whole_at:
        findings.append({"what": "recorded as not printed, and lies there", **about})
    status = stage.watcher.status.get(index)
    if status and status["status"] in ENDED and outcome in OPEN:
        findings.append({"what": "label open in an ended job", **about})
    return findings


def _questions(stage):
    """More questions than what happened explains: a service that asks about everything would never be wrong."""
    bound = _bound(stage)
    if bound is None or len(stage.watcher.asked) <= bound:
        return []
    asked = [f"{job}/{label}" for job, label in sorted(stage.watcher.asked)]
    return [{"what": "more questions than explained", "asked": asked, "bound": bound}]


def _bound(stage):
    """How many labels may be asked about; None: no bound is known."""
    dealt, evidence = stage.blows.dealt, stage.plan.evidence
    if evidence == "blind" or stage.plan.undecidable() or "cancel_all" in dealt:
        return None
    if evidence in WITH_COUNTER:
        if stage.plan.knobs.connections_outlive_reset and "reset" in dealt:
            return None
        # The label under the head of each power cut, and one that may have been torn before it.
        torn_before = sum(1 for kind in dealt if kind.startswith("media"))
        return stage.printer.power.cuts + (torn_before if LOSES_RAM & set(dealt) else 0)
    # Each blow may cost a connection, or what was on its way, and what is found out of it when that comes back.
    return LABELS_A_WINDOW * (2 * len(dealt) + stage.blows.kill_count)
