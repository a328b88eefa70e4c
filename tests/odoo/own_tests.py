"""Odoo, started to run the tests of other modules as they are in a database with everything installed.

    own_tests.py OUTCOMES ODOO ARGUMENTS…

Odoo runs most tests of a module while the modules that come after it are not loaded yet, so what those change
would never be seen. Here all of them run at the end. OUTCOMES gets a line for each test: outcome and name.
"""

import sys

import odoo.cli
from odoo.tests import loader
from odoo.tests.result import OdooTestResult
from odoo.tests.suite import OdooSuite

outcomes_file = sys.argv.pop(1)
outcomes = {}
make_suite = loader.make_suite


def all_at_the_end(module_names, position="at_install"):
    if position == "at_install":
        return OdooSuite([])
    tests = [test for at in ("at_install", "post_install") for test in make_suite(module_names, at)]
    return OdooSuite(sorted(tests, key=lambda test: getattr(test, "test_sequence", 0)))


class Watched(OdooTestResult):
    """A result which keeps what became of each test."""

    def startTest(self, test):
        outcomes.setdefault(test.id(), "passed")
        super().startTest(test)

    def addSkip(self, test, reason):
        outcomes[test.id()] = "skipped"
        super().addSkip(test, reason)

    def logError(self, flavour, test, error):
        # Parts of a test are called by the test and what is special about the part.
        outcomes[test.id().partition(" ")[0] if "setUpClass" not in test.id() else test.id()] = "failed"
        super().logError(flavour, test, error)


def run_suite(suite, global_report=None):
    from odoo.modules import module

    module.current_test = True
    results = Watched(global_report=global_report)
    suite(results)
    module.current_test = False
    with open(outcomes_file, "w") as file:
        file.writelines(f"{outcome} {name}\n" for name, outcome in sorted(outcomes.items()))
    return results


loader.make_suite = all_at_the_end
loader.run_suite = run_suite
odoo.cli.main()
