"""Odoo as programs see it: XML-RPC, one object a user."""

import xmlrpc.client


class Refused(Exception):
    """Odoo said no; ``code`` as in its manual: 2 the user's mistake, 3 login, 4 rights."""

    def __init__(self, fault):
        super().__init__(str(fault.faultString).strip().splitlines()[-1])
        self.code = fault.faultCode


class Caller:
    def __init__(self, url, database, login, password):
        self._url, self._database, self._password = url, database, password
        self.login = login
        self.uid = self._proxy("common").authenticate(database, login, password, {})
        if not self.uid:
            raise AssertionError(f"Odoo does not know {login}")

    def _proxy(self, service):
        return xmlrpc.client.ServerProxy(
            f"{self._url}/xmlrpc/2/{service}",
            allow_none=True,
            headers=[("X-Odoo-Database", self._database)],
        )

    def call(self, model, method, *args, **kwargs):
        try:
            return self._proxy("object").execute_kw(
                self._database, self.uid, self._password, model, method, list(args), kwargs
            )
        except xmlrpc.client.Fault as fault:
            # The call is committed; only its answer, None, cannot be written in XML-RPC.
            if "cannot marshal None" in fault.faultString:
                return None
            raise Refused(fault) from None

    def search(self, model, domain, fields, **options):
        return self.call(model, "search_read", domain, fields=fields, **options)

    def read(self, model, record_id, *fields):
        [row] = self.call(model, "read", [record_id], fields=list(fields))
        return row

    def create(self, model, **values):
        return self.call(model, "create", values)

    def write(self, model, record_id, **values):
        return self.call(model, "write", [record_id], values)
