"""Bytes in, rows out: rosters as offices send them.

The stages, each a module that knows only those before it: `container` (what is this file) → `sheets` (its visible
grids) → `header` and `table` (where the list begins, what its columns mean) → `rows` (which lines are people) →
`fields` (what each cell says) → `rosters` (all of it). `limited` runs them in a child process. `offices` and
`repeats` judge rows that were read. Nothing here knows a database or a request.
"""
