from django.utils.safestring import mark_safe

from courses.templatetags.changelist_cards import labelled


def test_each_cell_carries_the_name_of_its_column():
    cells = [mark_safe('<th class="field-name">Lan</th>'), mark_safe('<td class="field-office">P-NV</td>')]

    assert list(labelled(cells, [{"text": "họ tên"}, {"text": "đơn vị"}])) == [
        '<th class="field-name">Lan</th>',
        '<td data-label="Đơn vị" class="field-office">P-NV</td>',
    ]


def test_a_column_whose_head_is_markup_or_empty_gets_no_name():
    cell = mark_safe('<td class="action-checkbox"><input></td>')

    assert list(labelled([cell, cell], [{"text": mark_safe("<span><input></span>")}, {"text": ""}])) == [cell, cell]


def test_the_name_of_a_column_cannot_break_out_of_its_attribute():
    [cell] = labelled([mark_safe("<td>1</td>")], [{"text": 'a" onclick="x'}])

    assert cell == '<td data-label="A&quot; onclick=&quot;x">1</td>'
