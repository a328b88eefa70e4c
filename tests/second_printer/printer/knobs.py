"""What differs from printer to printer, or is not known of any (zebra.md 10.3)."""

import dataclasses


@dataclasses.dataclass
class Knobs:
    """How this printer behaves. The defaults are the plainest printer with a label counter and a JSON port."""

    # --- paper and counter (zebra.md 5.2, 5.5) ---
    label_ms: int = 60  # how long the paper moves for one label
    count_at: str = "presented"  # start | end | presented: when in that time the counter moves
    reprint_counts: bool = False  # a torn label that is printed again is counted twice
    odometer_loss_on_power_cut: int = 0  # counts that were not in flash yet
    odometer: int = 31084  # the life counter at the beginning
    label_counter_present: bool = True  # zebra.md 4.8: old families have none

    # --- buffer and composer (zebra.md 7.3, 10.1) ---
    buffer_bytes: int = 1 << 20  # full: the socket is not read any more (zebra.md 5.9)
    socket_buffer_bytes: int = 4096  # what TCP takes beyond it
    compose_ahead: int = 2  # labels made ready before the head is free
    xa_restarts: bool = False  # ^XA inside a format starts afresh (zebra.md 10.4, 19)

    # --- ~HS (zebra.md 1) ---
    hs_in_fault: str = "answer"  # answer | silent (zebra.md 1.5: the sources disagree)
    eee_counts_staged: bool = True  # the label on the head still counts as a buffered format (zebra.md 1.6)
    u_mode: str = "started"  # started | finished | busy | garbage: labels remaining in batch (zebra.md 1.6, 9.3)
    etx_trailer: bool = True  # CR LF behind the ETX of ~HQ (zebra.md 2.1)

    # --- what is answered at all (zebra.md 4.8, 9.1) ---
    settings: str = "full"  # full | partial (uptime, no label counter) | none: Set-Get-Do
    answers_hq: bool = True
    answers_hi: bool = True
    answers_hs: bool = True
    blind: bool = False  # nothing is ever answered
    json_unknown_null: bool = False  # null instead of "?" for an unknown name (zebra.md 4.4)
    setting_terminator: str = ""  # behind the closing quote (zebra.md 4.2)
    host_verification: bool = False  # ^HV answers when the label is done (zebra.md 5.3)

    # --- how replies travel (zebra.md 10.4, 1 to 3) ---
    reply_delay_ms: int = 0
    reply_fragment_bytes: int = 0  # 0: whole
    reply_merge: bool = False

    # --- connections (zebra.md 4.5, 5.9) ---
    max_connections: int = 99
    second_connection: str = "refuse"  # refuse | accept-silent: what one beyond that meets
    idle_close_seconds: float = 300.0
    fin_drops_data: bool = False  # an external print server forgets what it has not passed on
    parser_sticky_seconds: float = 0.0  # between formats the first channel keeps the parser so long
    parser_quiet_seconds: float = 5.0  # in the middle of a format the others wait so long

    # --- power and boot (zebra.md 5.7) ---
    power_connections: str = "rst"  # rst | half: what becomes of the connections of a printer that dies
    boot_refused_seconds: float = 0.5
    boot_silent_seconds: float = 0.5  # accepts, answers nothing
    boot_drops: bool = True  # what it accepts in that time is thrown away
    boot_garbage: str = ""
    connections_outlive_reset: bool = False  # a reset by command leaves the connections standing
    outlived_reset_seconds: float = 0.15
    unique_id: str = "XXQLJ120900310"
    uptime_seconds: float = 9930.0
