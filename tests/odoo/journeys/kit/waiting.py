"""Waiting for what other processes do: never blindly, never without end."""

import time


def wait_for(what, found, timeout=20.0, every=0.05):
    """Return the first truthy answer of ``found()``; say what was missing when time is up.

    A value, not only a truth, may be awaited; an exception of ``found`` is the last thing told.
    """
    deadline = time.monotonic() + timeout
    last = None
    while True:
        try:
            last = found()
            if last:
                return last
        except (OSError, ValueError, LookupError) as error:
            last = error
        if time.monotonic() >= deadline:
            raise AssertionError(f"after {timeout:g} s still waiting for {what}; last seen: {last!r}")
        time.sleep(every)
