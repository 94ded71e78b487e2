"""Rule files for tests of what is done with them: one small agreement, and ways to vary it."""

from pathlib import Path

AGREEMENT = """\
format: 1
agreement: {name}
title: Hosting
document: SLA 1
language: en
effective: {effective}
ends: 2027-12-31
signed: {{provider: 2025-12-12, customer: 2025-12-15}}
review: {{every: 12 months, source: art. 9}}
timezone: {zone}
currency: EUR
money: {{round: half_up, when: each_remedy}}
parties:
  provider: {{name: Polder}}
  customer: {{name: Noord}}
services:
  web: {{title: Web}}
charges:
  hosting: {{amount: 12000.00 EUR, per: month}}
exclusions:
  maintenance: {{cause: maintenance, source: art. 3.4}}
indicators:
  uptime:
    measure: availability
    of: web
    from: outages
    per: month
    excluding: [maintenance]
    excluded_time: leaves_the_base
    ignore_up_to: 0 seconds
  response:
    measure: elapsed
    of: web
    from: incidents
    per: month
    starts: opened
    ends: responded
    calendar: always
    pauses: []
    counted_in: period_of_start
    while_open: runs
clauses:
  uptime-credit:
    source: art. 4.2
    promise: {{indicator: uptime, at_least: 99.9 %}}
    credit:
      of: {{charge: hosting, period: judged}}
      overlap: highest_credit
      bands:
        - {{below: 99.9 %, rate: 5 %}}
        - {{below: 99.5 %, rate: 10 %}}
        - {{below: 99.0 %, rate: 25 %}}
  late-response:
    source: art. 5.1
    promise: {{indicator: response, at_most: 4 hours}}
    credit: {{each: incident, amount: 250.00 EUR}}
  chronic:
    source: art. 8.3
    when: {{missed: uptime, at_least: 2 months, within: any 3 months}}
    fires: once_while_true
    right: {{kind: termination, of: customer, exercise: {{within: 60 days, after: arisen, until: end_of_day}}}}
caps:
  - {{name: monthly, limits: [uptime-credit, late-response], at_most: 12 % of hosting, per: month, cut: pro_rata,
     counts: earned, source: art. 4.6}}
claims:
  - {{step: claim, by: customer, within: 30 days, after: period_end, until: end_of_day, otherwise: lapses,
     clauses: [uptime-credit], source: art. 4.8}}
"""


def write_agreement(
    folder: Path, *, name: str = "acme", effective: str = "2026-01-01", zone: str = "Europe/Amsterdam", more: str = ""
) -> Path:
    """One agreement's folder with one rule file; `more` is added at the end."""
    place = folder / name
    place.mkdir(parents=True, exist_ok=True)
    text = AGREEMENT.format(name=name, effective=effective, zone=zone) + more
    (place / f"{effective}-terms.yaml").write_text(text)
    return place


def write_events(path: Path, *rows: str) -> Path:
    """Events as CSV, one row a text: `kind start end incident_id responded clause at period`, `-` where empty."""
    header = "agreement,kind,start,end,incident_id,responded,clause,at,period,cause"
    lines = [",".join("" if cell == "-" else cell for cell in row.split("|")) for row in rows]
    path.write_text("\n".join([header, *lines]) + "\n")
    return path
