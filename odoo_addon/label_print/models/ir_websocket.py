from odoo import models

JOBS_CHANNEL = "label_print.jobs"


class IrWebsocket(models.AbstractModel):
    _inherit = "ir.websocket"

    def _build_bus_channel_list(self, channels):
        """Replace the name of the jobs' channel by the channel, for those who may listen.

        A plain string would be open to anybody who guesses it.
        """
        channels = list(channels)
        if JOBS_CHANNEL in channels:
            channels.remove(JOBS_CHANNEL)
            if self.env.user.has_group("label_print.group_user"):
                channels.append((self.env.ref("label_print.group_user"), "JOBS"))
        return super()._build_bus_channel_list(channels)
