"""The simulator's control port: what happens to the printer from outside."""

import json
import urllib.error
import urllib.request


class Control:
    def __init__(self, port):
        self._url = f"http://127.0.0.1:{port}"

    def state(self):
        with urllib.request.urlopen(f"{self._url}/state", timeout=5) as answer:
            return json.load(answer)

    def do(self, word, **arguments):
        """For example ``do("media-out-after", labels=3)``; ``platen simulate --help`` names all of them."""
        request = urllib.request.Request(
            f"{self._url}/{word}",
            data=json.dumps(arguments).encode(),
            headers={"Content-Type": "application/json"},
            method="POST",
        )
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as refusal:
            raise AssertionError(f"the simulator refused {word}: {refusal.read().decode()}") from None
