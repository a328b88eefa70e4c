"""The way to somebody else's address, which is told of printers in trouble."""

import hashlib
import hmac
import json

import requests

from .platen_client import (
    CONNECT_TIMEOUT_SECONDS,
    READ_TIMEOUT_SECONDS,
    PlatenSilent,
    PlatenUnavailable,
)


def post_signed(url, secret, body, now):
    """Tell somebody else's address something, in JSON which they can know to be from here.

    ``X-Label-Print-Signature`` is ``t=<seconds>,v1=<hex>``: HMAC-SHA256 with the secret of
    the seconds, a dot and the body as it was sent.

    :param int now: seconds since 1970
    :raises PlatenSilent: when there was no answer in time
    :raises PlatenUnavailable: when it was not taken
    """
    text = json.dumps(body, separators=(",", ":")).encode()
    digest = hmac.new(secret.encode(), b"%d." % now + text, hashlib.sha256).hexdigest()
    headers = {
        "Content-Type": "application/json",
        "X-Label-Print-Signature": f"t={now:d},v1={digest}",
    }
    try:
        answer = requests.post(
            url,
            data=text,
            headers=headers,
            timeout=(CONNECT_TIMEOUT_SECONDS, READ_TIMEOUT_SECONDS),
            allow_redirects=False,
            # What it says beside its status is not waited for.
            stream=True,
        )
        answer.close()
    except (requests.RequestException, ValueError) as error:
        raise PlatenSilent(f"No answer: {type(error).__name__}.", "webhook_failed") from error
    if not 200 <= answer.status_code < 300:
        raise PlatenUnavailable(f"The answer was {answer.status_code}.", "webhook_failed")
