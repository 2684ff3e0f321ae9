"""What a change list needs to be a row of cards on a phone."""

from collections.abc import Iterable, Iterator

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst

register = template.Library()


@register.filter
def labelled(cells: Iterable[SafeString], headers: list[dict]) -> Iterator[SafeString]:
    """The cells of one row as the admin rendered them, each `<td>` with its column's name as `data-label`.

    The stylesheet writes that name beside the value where there is no room for a table head. The column of
    checkboxes keeps none: its head is markup, not a name.
    """
    for cell, header in zip(cells, headers, strict=True):
        if cell.startswith("<td") and header["text"] and "<" not in str(header["text"]):
            # Both halves are escaped already.
            label = format_html('<td data-label="{}"', capfirst(header["text"]))
            yield mark_safe(label + cell.removeprefix("<td"))
        else:
            yield cell
