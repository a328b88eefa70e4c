from odoo.tests import HttpCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestChannel(HttpCase):
    """Knowing the channel's name is not enough to listen."""

    def channels(self, login):
        self.authenticate(login, login)
        answer = self.make_jsonrpc_request(
            "/websocket/peek_notifications",
            {"channels": ["label_print.jobs"], "last": 0, "is_first_poll": True},
        )
        return answer["channels"]

    def test_channel(self):
        jobs = [
            self.env.cr.dbname,
            "res.groups",
            self.env.ref("label_print.group_user").id,
            "JOBS",
        ]
        new_test_user(self.env, "listener", groups="label_print.group_user,base.group_user")
        new_test_user(self.env, "passer_by", groups="base.group_user")
        heard = self.channels("listener")
        self.assertIn(jobs, heard)
        self.assertNotIn([self.env.cr.dbname, "label_print.jobs"], heard)
        heard = self.channels("passer_by")
        self.assertNotIn(jobs, heard)
        self.assertNotIn([self.env.cr.dbname, "label_print.jobs"], heard)
