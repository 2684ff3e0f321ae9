"""By when what a person asks for is to be answered."""

#: Working days within which a correction of own data is answered. Decree 356/2025/NĐ-CP is commonly quoted with ten
#: days for it; seven working days never last longer than eleven days, and public holidays are not known here.
CORRECTION_DAYS = 7
