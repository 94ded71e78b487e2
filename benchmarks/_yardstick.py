"""The agreements of a yardstick's job as rule files: a thousand of one wording, apart in their name and their fee."""

from pathlib import Path

AGREEMENTS = 1000
FEES = ("1000.00", "2500.50", "9999.99")  # a month, in EUR, by the agreement's number % 3
AS_OF = "2026-01-01T00:00:00Z"  # the end of the last of 24 months
MONTHS = tuple(f"{year}-{month:02d}" for year in (2024, 2025) for month in range(1, 13))
INDICATORS = ("resolved-in-time", "success-ratio", "uptime")

_TEXT = """\
format: 1
agreement: {name}
title: Running of a message exchange
document: Service schedule {name}
language: en
effective: 2024-01-01
signed: {{provider: 2023-12-01, customer: 2023-12-04}}
review: {{every: 12 months, source: sched. 9}}
timezone: UTC
currency: EUR
money: {{round: half_up, when: each_remedy}}

parties:
  provider: {{name: Wharf Systems}}
  customer: {{name: "Customer {name}"}}

services:
  exchange: {{}}

charges:
  fee: {{amount: {fee} EUR, per: month}}

indicators:
  success-ratio:
    measure: ratio
    of: exchange
    from: tallies
    per: month
    counted_in: period_of_start
    no_data: met
  uptime:
    measure: availability
    of: exchange
    from: outages
    per: month
    ignore_up_to: 0 seconds
    no_data: met
  resolution:
    measure: elapsed
    of: exchange
    from: incidents
    per: month
    starts: opened
    ends: resolved
    calendar: always
    pauses: []
    counted_in: period_of_end
    while_open: waits
    reopened: gap_counts
    by: at_end
  resolved-in-time:
    measure: share
    good_when: {{indicator: resolution, at_most: {{"1": 4 hours, "2": 8 hours, "3": 24 hours}}}}
    per: month
    counted_in: period_of_end
    no_data: met

clauses:
  resolution-credit:
    source: sched. 3
    promise: {{indicator: resolved-in-time, at_least: 95 %}}
    credit:
      of: {{charge: fee, period: judged}}
      bands:
        - {{below: 80 %, rate: 20 %}}
        - {{at_least: 80 %, below: 90 %, rate: 10 %}}
        - {{at_least: 90 %, below: 95 %, rate: 5 %}}
      overlap: refuse
  success-credit:
    source: sched. 1
    promise: {{indicator: success-ratio, at_least: 99.9 %}}
    credit:
      of: {{charge: fee, period: judged}}
      bands:
        - {{below: 95 %, rate: 100 %}}
        - {{at_least: 95 %, below: 99 %, rate: 25 %}}
        - {{at_least: 99 %, below: 99.9 %, rate: 10 %}}
      overlap: refuse
  uptime-credit:
    source: sched. 2
    promise: {{indicator: uptime, at_least: 99.95 %}}
    credit:
      of: {{charge: fee, period: judged}}
      bands:
        - {{below: 95 %, rate: 100 %}}
        - {{at_least: 95 %, below: 99 %, rate: 25 %}}
        - {{at_least: 99 %, below: 99.95 %, rate: 10 %}}
      overlap: refuse
  chronic:
    source: sched. 5
    when: {{missed: uptime-credit, at_least: 3 months, within: any 6 months}}
    fires: once_while_true
    right: {{kind: termination, of: customer}}

caps:
  - name: monthly
    limits: [resolution-credit, success-credit, uptime-credit]
    at_most: 30 % of fee
    per: month
    cut: pro_rata
    counts: earned
    source: sched. 4

settlement: {{as: next_invoice, rest: paid_out}}
"""


def write_rules(folder: Path, agreements: int = AGREEMENTS) -> Path:
    """Write a folder of agreements, one rule file each, named `a0000` and up; returns the folder."""
    for number in range(agreements):
        name = f"a{number:04d}"
        place = folder / name
        place.mkdir(parents=True, exist_ok=True)
        text = _TEXT.format(name=name, fee=FEES[number % len(FEES)])
        (place / "2024-01-01-first.yaml").write_text(text, encoding="utf-8")
    return folder
