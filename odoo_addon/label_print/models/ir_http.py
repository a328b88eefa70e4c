import time

from odoo import models


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    def session_info(self):
        """Tell the page the server's time, by which it knows what is news and how old it is."""
        info = super().session_info()
        info["label_print_server_time"] = int(time.time())
        return info
