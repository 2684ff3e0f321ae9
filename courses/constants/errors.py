"""The one exception by which a rule of the domain says no."""


class Refusal(Exception):
    """What was asked may not be done; `sentence` tells a person why and what to do instead.

    The sentence is a (lazy) translated string. Views, forms and the admin show it as it is.
    """

    def __init__(self, sentence):
        super().__init__(sentence)
        self.sentence = sentence

    def __str__(self):
        return str(self.sentence)
