"""Label numbers as people write them: ``3, 7-12``."""


def parse_ranges(text, quantity):
    """Return the label numbers of a text in order, each once.

    :param int quantity: the highest number there is
    :raises ValueError: for what is no list of numbers from 1 to ``quantity``
    """
    numbers = set()
    for part in (text or "").replace(" ", "").split(","):
        first, dash, last = part.partition("-")
        if not first.isdecimal() or (dash and not last.isdecimal()):
            raise ValueError(part)
        first, last = int(first), int(last or first)
        if not 1 <= first <= last <= quantity:
            raise ValueError(part)
        numbers.update(range(first, last + 1))
    return sorted(numbers)


def write_ranges(numbers):
    """Return label numbers as a text."""
    spans = []
    for number in sorted(number for number in numbers if isinstance(number, int)):
        if spans and number == spans[-1][1] + 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    return ", ".join(f"{first}-{last}" if last > first else str(first) for first, last in spans)
