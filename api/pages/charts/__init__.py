"""Charts: from plain data to pictures that everybody can read, drawn on the server.

Each function gives a `Chart`: an SVG with a title and a description, the keys to its series, and
the same numbers as a table; `templates/charts.html` shows them together, `static/charts.css` says
how they look. Positions are percentages and letters have their own size, so a chart fits a phone
as it fits a desk. A series has a pattern, a dash or a shape as well as a colour.
"""

from api.pages.charts.bars import bars, columns, funnel, stacked
from api.pages.charts.chart import Chart, Key
from api.pages.charts.heat_map import heat_map
from api.pages.charts.lines import lines, sparkline

__all__ = [
    "Chart",
    "Key",
    "bars",
    "columns",
    "funnel",
    "heat_map",
    "lines",
    "sparkline",
    "stacked",
]
