"""Citizen numbers that an office tries: those of others are counted, and too many shut the numbers for five minutes.

One count for an office of a class, whether a number was typed into the form or stood in a list.
"""

from collections.abc import Iterable

from django.core.cache import cache
from django.utils.translation import gettext as _

from courses.constants.keys import fingerprint_of_try
from courses.services.limits import WINDOW, count_failure, is_shut

KIND = "citizen number"
