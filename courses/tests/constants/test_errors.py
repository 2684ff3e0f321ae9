from django.utils.translation import gettext_lazy, override

from courses.constants.errors import Refusal


def test_a_refusal_speaks_the_language_of_the_moment_in_which_it_is_shown():
    refusal = Refusal(gettext_lazy("Yes"))
    with override("vi"):
        vietnamese = str(refusal)
    with override("en"):
        assert str(refusal) == "Yes"
    assert vietnamese == "Có"
    assert str(refusal.sentence) == str(refusal)
