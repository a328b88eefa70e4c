"""Waiting for anything to change."""

import asyncio


class Change:
    """Wakes all who wait, whatever it was that changed: each looks for itself."""

    def __init__(self):
        self._next = None

    def tell(self):
        """Something changed."""
        before, self._next = self._next, asyncio.get_running_loop().create_future()
        if before is not None and not before.done():
            before.set_result(None)

    async def wait(self, timeout_seconds=None):
        """Until the next change, or for so long."""
        if timeout_seconds is not None and timeout_seconds <= 0:
            await asyncio.sleep(0)
            return
        if self._next is None:
            self.tell()
        await asyncio.wait({self._next}, timeout=timeout_seconds)
