"""The exception that verbs raise."""


class ActionRefused(Exception):
    """An action was not carried out, and nothing was changed.

    ``reasons`` are sentences for the editor.
    """

    def __init__(self, reasons: list[str]) -> None:
        self.reasons = reasons
        super().__init__(" ".join(reasons))
