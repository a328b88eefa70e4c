import base64
import json
import re

from odoo import api, fields, models
from odoo.exceptions import UserError

from .. import platen_client
from ..label_findings import findings_html, notice
from ..models.label_print_template import picture_of

#: What the service takes for a template's name.
NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
NEW_ZPL = """^XA
^FO24,24^A0N,40,40^FB408,2,0,L^FH_^FD{{ product }}^FS
^FO24,120^BY2^BCN,64,N,N,N,A^FH_^FD{{ serial }}^FS
^FO24,200^A0N,28,28^FH_^FD{{ serial }}^FS
^XZ
"""
NEW_TOML = """title = "New label"
width_mm = 57
height_mm = 32
dpmm = 8

[fields.product]
required = true
max_length = 60

[fields.serial]
required = true
kind = "barcode"
max_length = 20
"""
NEW_SAMPLE = """{
  "data": {"product": "Desk Combination"},
  "labels": [{"serial": "SN-000001"}]
}
"""


class LabelPrintTemplateEditor(models.TransientModel):
    """Write a template, try it, and leave it at the service as a draft."""

    _name = "label.print.template.editor"
    _description = "Label Template Editor"

    template_id = fields.Many2one("label.print.template", ondelete="cascade")
    name = fields.Char(
        string="Technical Name",
        help="Small letters, digits, - and _. It cannot be changed later: jobs and rules name it.",
    )
    label_zpl = fields.Text(string="Label (ZPL)", default=NEW_ZPL)
    template_toml = fields.Text(string="Size and Values (TOML)", default=NEW_TOML)
    sample_json = fields.Text(string="Sample (JSON)", default=NEW_SAMPLE)
    other_files = fields.Text(default="{}")
    upload = fields.Binary(string="Upload a File", store=False)
    upload_name = fields.Char(store=False)
    comment = fields.Char(help="What was changed and why; kept with the version.")
    picture = fields.Image(readonly=True)
    findings_html = fields.Html(readonly=True, sanitize=False)
    was_tried = fields.Boolean()

    @api.model_create_multi
    def create(self, vals_list):
        """Only those who may change templates get an editor."""
        self.env["label.print.template"]._check_may_edit()
        return super().create(vals_list)

    @api.onchange("upload")
    def _onchange_upload(self):
        if not self.upload:
            return
        try:
            text = base64.b64decode(self.upload).decode("utf-8")
        except UnicodeDecodeError as error:
            raise UserError(
                self.env._("%s is not a text in UTF-8.", self.upload_name or "")
            ) from error
        field = {"toml": "template_toml", "json": "sample_json"}.get(
            (self.upload_name or "").rpartition(".")[2].lower(), "label_zpl"
        )
        self[field] = text
        self.upload = False

    def _files(self):
        self.ensure_one()
        return {
            **json.loads(self.other_files or "{}"),
            "label.zpl": self.label_zpl or "",
            "template.toml": self.template_toml or "",
            "sample.json": self.sample_json or "",
        }

    def _checked_name(self):
        self.ensure_one()
        name = (self.name or "").strip()
        if not NAME.fullmatch(name):
            raise UserError(
                self.env._(
                    "The technical name %(name)r cannot be used: "
                    "write small letters, digits, - and _, at most 64.",
                    name=name,
                )
            )
        return name

    # ------------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------------

    def action_try(self):
        """Draw what is written, saved or not, and say what the service finds in it."""
        self.env["label.print.template"]._check_may_edit()
        try:
            preview = platen_client.preview(
                platen_client.connection(self.env), self._checked_name(), {"files": self._files()}
            )
        except platen_client.PlatenRefused as refusal:
            # The mistake is what was asked about; what is written stays on the screen.
            self.write(
                {
                    "picture": False,
                    "findings_html": notice("error", refusal.message, refusal.action),
                    "was_tried": True,
                }
            )
            return self._reopen()
        except platen_client.PlatenError as error:
            raise UserError(error.for_people(self.env)) from error
        self.write(
            {
                "picture": picture_of(preview),
                "findings_html": findings_html(self.env, preview),
                "was_tried": True,
            }
        )
        return self._reopen()

    def action_save_draft(self):
        """Leave it at the service as a version that waits for approval."""
        templates = self.env["label.print.template"]
        templates._check_may_edit()
        name = self._checked_name()
        body = {
            "files": self._files(),
            "comment": self.comment or "",
            "submitted_by": self.env.user.name,
        }
        try:
            platen_client.put_template(platen_client.connection(self.env), name, body)
            templates._refresh()
            template = templates.search([("name", "=", name)])
            template._refresh_versions()
        except platen_client.PlatenError as error:
            raise UserError(error.for_people(self.env)) from error
        return {
            "type": "ir.actions.act_window",
            "res_model": "label.print.template",
            "res_id": template.id,
            "views": [(False, "form")],
        }

    def _reopen(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.template_id.title or self.env._("New template"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }
