"""The one exception an uploaded file can cause."""


class BadFile(Exception):
    """The whole file cannot be used. `sentence` is what its owner reads: what is wrong and what to do."""

    def __init__(self, sentence: str):
        super().__init__(sentence)
        self.sentence = sentence
