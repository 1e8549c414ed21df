"""The search: a start that puts out what is in the way, then annealing; compiled, repeatable, on several cores."""
