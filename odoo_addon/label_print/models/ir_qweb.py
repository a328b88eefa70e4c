from odoo import models

from ..zpl_values import marked

CONTEXT_KEY = "label_print_marks"


class IrQweb(models.AbstractModel):
    """Marks the values in a report that is drawn for a label printer."""

    _inherit = "ir.qweb"

    def _get_template_cache_keys(self):
        return [*super()._get_template_cache_keys(), CONTEXT_KEY]

    def _compile_directive_out(self, el, compile_context, level):
        is_html = "t-field" in el.attrib or el.attrib.get("t-consumed-options") == "True"
        code = super()._compile_directive_out(el, compile_context, level)
        if not compile_context.get(CONTEXT_KEY):
            return code
        # The one line that writes a value; without it nothing would be marked, which a test tells.
        value = f"yield self._label_print_marked(content, {is_html})"
        return [line.replace("yield str(escape(content))", value) for line in code]

    def _label_print_marked(self, content, is_html):
        return marked(content, is_html)
