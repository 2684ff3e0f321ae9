"""Days as they are written within a sentence."""

from django import template

from courses.rendering.days import weekday_in_line

register = template.Library()
register.filter(weekday_in_line)
