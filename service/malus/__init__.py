"""The penalty half of a bonus-malus clause: dated Terms and Events in, an explained Assessment out.

Floors; imports go down only, and tests/architecture holds it:
    0  model         frozen values, standard library only: money, time, terms, events, remedies, faults
    1  rulefiles     YAML text to Terms and diagnostics
       measures      events to exact numerators and denominators
       remedies      a verdict's consequences: bands, caps, rights, claims, ladders
    2  matching      durable-rules, and nowhere else
       evaluation    the whole judgement: start at evaluate.py
       ledger        what is remembered: events, decisions, cursors
    3  operations    one module for each thing a user can ask; batch: Parquet in, decisions out
    4  reports       the review that a person reads; edge: the wire
    5  command_line  the commands; composition, settings, logs, __main__; v1 is generated and never edited
"""
