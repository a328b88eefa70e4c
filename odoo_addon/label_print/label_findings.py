"""What the print service finds of a label, as people read it on a form."""

from markupsafe import Markup

COLOURS = {"error": "danger", "warning": "warning", "note": "info", "success": "success"}


def findings_html(env, preview):
    """Return the findings and notes of a preview, or that there are none."""
    findings = [row for row in preview.get("findings") or () if row.get("message")]
    notes = [notice("note", note) for note in preview.get("notes") or ()]
    if not findings and not notes:
        return notice("success", env._("Nothing to find fault with."))
    return Markup().join([*(finding_html(env, row) for row in findings), *notes])


def finding_html(env, finding):
    """Return one finding: where, what, and what to do."""
    place = [finding.get("field"), env._("line %s", finding["line"]) if finding.get("line") else ""]
    return notice(
        finding.get("severity"),
        finding.get("message"),
        finding.get("action"),
        ", ".join(part for part in place if part),
    )


def notice(severity, message, action="", place=""):
    """Return a coloured paragraph."""
    return Markup('<div class="alert alert-{} py-2 px-3 mb-2">{}<span>{}</span> <span>{}</span></div>').format(
        COLOURS.get(severity, "info"),
        Markup("<b>{}:</b> ").format(place) if place else "",
        message or "",
        action or "",
    )
