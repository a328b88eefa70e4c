"""The service's HTTP API, as a caller sees it."""

import asyncio
import json

API_KEY = "second-printer"
ENDED = ("completed", "completed_with_errors", "failed", "cancelled")


class Api:
    """One request a connection, so that a killed service costs one answer."""

    def __init__(self, port):
        self._port = port

    async def call(self, method, path, body=None, timeout_seconds=5.0):
        """Status and body; None and the reason when nothing came back."""
        try:
            return await asyncio.wait_for(self._call(method, path, body), timeout_seconds)
        except (OSError, TimeoutError, asyncio.LimitOverrunError, IndexError, ValueError) as problem:
            return None, repr(problem)

    async def _call(self, method, path, body):
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        try:
            payload = b"" if body is None else json.dumps(body).encode()
            head = (
                f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {API_KEY}\r\n"
                f"Connection: close\r\nContent-Type: application/json\r\nContent-Length: {len(payload)}\r\n\r\n"
            )
            writer.write(head.encode() + payload)
            await writer.drain()
            answer = await reader.read()
        finally:
            writer.close()
        head, _, rest = answer.partition(b"\r\n\r\n")
        status = int(head.split(b" ")[1])
        if b"transfer-encoding: chunked" in head.lower():
            rest = _unchunked(rest)
        return status, json.loads(rest) if rest else None

    async def labels(self, uuid):
        """All labels of a job by their number, with outcome and evidence."""
        labels, after = {}, None
        while True:
            status, page = await self.call("GET", f"/api/jobs/{uuid}/labels" + (f"?after={after}" if after else ""))
            if status != 200:
                return labels
            labels.update({label["label"]: label for label in page["labels"]})
            after = page.get("next_after")
            if not after:
                return labels


def _unchunked(body):
    text = b""
    while body:
        length, _, body = body.partition(b"\r\n")
        if int(length, 16) == 0:
            break
        text += body[: int(length, 16)]
        body = body[int(length, 16) + 2 :]
    return text


def numbers(ranges):
    """Label numbers out of `["3", "7-12"]`."""
    found = []
    for part in ranges or []:
        first, _, last = str(part).partition("-")
        found += range(int(first), int(last or first) + 1)
    return found
