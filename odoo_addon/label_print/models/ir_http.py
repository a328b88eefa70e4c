import time

from odoo import models

from .. import service_words


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    def session_info(self):
        """Tell the page the server's time, and what the print service says in its language.

        By the time it knows what is news and how old it is.
        """
        info = super().session_info()
        info["label_print_server_time"] = int(time.time())
        if self.env.user._is_internal():
            info["label_print_words"] = service_words.dictionary(self.env)
        return info
