"""What came out. The judge believes this and nothing else."""

import dataclasses


@dataclasses.dataclass
class Sheet:
    """A piece of label stock that moved under the head."""

    seconds: float  # since the printer was first switched on
    label_id: str
    whole: bool  # a torn one cannot be used
    foreign: bool  # another sender's
    why: str  # what tore it, or that it is printed again


class Paper:
    """All sheets, in their order."""

    def __init__(self):
        self.sheets = []

    def put(self, sheet):
        """One more."""
        self.sheets.append(sheet)

    def whole_at(self, label_id):
        """When this label came out whole: one moment, if all is well."""
        return [sheet.seconds for sheet in self.sheets if sheet.label_id == label_id and sheet.whole]

    def torn(self, label_id):
        """When and why this label was torn."""
        return [(sheet.seconds, sheet.why) for sheet in self.sheets if sheet.label_id == label_id and not sheet.whole]

    def different_whole(self):
        """How many different labels of the service's own came out whole."""
        return len({sheet.label_id for sheet in self.sheets if sheet.whole and not sheet.foreign})
