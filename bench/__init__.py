"""How fast is Parley, as ratios to a floor measured beside it in the same run (budgets of the plan of record).

A floor does the unavoidable part only, with the same broker and database classes, on the same machine, in turns with
the product: what another program steals from one, it also steals from the other.
"""
