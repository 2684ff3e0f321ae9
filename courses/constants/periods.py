"""How many periods of training an official is to have in a calendar year."""

from courses.constants.choices import StaffCategory

#: Of every staff category, and of whoever has none entered, until the site says otherwise: one week of five days with
#: eight periods each, as Decree 101/2017/NĐ-CP is commonly quoted; later decrees may ask for something else.
YEARLY_PERIODS = 40
#: More periods than this are a slip: a year has no more working days' worth of them.
MOST_YEARLY_PERIODS = 2000
#: The row of `Setting` that holds {staff category, or "" for none entered: periods}.
YEARLY_TARGETS = "yearly periods"
CATEGORIES = (*StaffCategory.values, "")
