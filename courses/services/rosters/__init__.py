"""A roster from the file to the people in the class: read, matched, decided, applied, undone.

`reading` judges what the readers found, by `matching` (which person) and `offices` (which office); `rows` is what a
stored row says; `taking` keeps a file and its columns; `deciding` and `retyping` put rows right; `remembering` knows
what was decided when a list comes again; `applying` and `undoing` write, `dropping` lets old lists go. `own` is the
list that an office brings itself, `directory` one without a class.
"""
