"""The planner: a pure library that places sessions in time and rooms, says why, and repairs with few moves.

Words: a *problem* is what is to be planned (`problem.py`, a documented JSON). A *rule* looks at placements and yields
*matches*, each with a level (hard, medium, soft), a weight and a magnitude (`constraints/`, one file each). `Terms` are
the rules of one problem written as tables; the search (`search/`) and the people who ask why read the same tables.
Nothing of this package knows Flask or a database.
"""
