"""The list builder: what is chosen stands in the file, for the host alone, and is logged."""

import io

import pytest
from django.urls import reverse
from docx import Document
from openpyxl import load_workbook
from pypdfium2 import PdfDocument

from attendance.constants import MarkState
from attendance.models import ListForm
from attendance.services.lists import MOST_FORMS, delete_list_form, rename_list_form, save_list_form
from attendance.forms.lists import usual_choice
from attendance.tests.records import Class
from courses.constants.choices import RoleKind
from courses.models import ActionLog, SessionTopic, Topic
from courses.tests.listing import count_queries_of
from courses.tests.planning import make_course, make_office, make_organiser, make_speaker, signed_in

pytestmark = pytest.mark.django_db
