"""How a verb says no."""


class ActionRefused(Exception):
    """Nothing was done; ``reasons`` says why, a sentence each."""

    def __init__(self, reasons: list[str]) -> None:
        self.reasons = reasons
        super().__init__(" ".join(reasons))
