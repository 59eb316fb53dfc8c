"""A bar chart as SVG, drawn by hand: one bar a line, its figure at its end."""

from html import escape

WIDTH, LABEL, LINE = 760, 250, 24


def bars(title: str, rows: list[tuple[str, float, str]], limit: float, limit_told: str) -> str:
    """``rows``: name, value and the value as told; a line marks ``limit``."""
    most = max([limit, *(value for _, value, _ in rows)]) * 1.15
    scale = (WIDTH - LABEL - 10) / most
    height = LINE * (len(rows) + 2) + 10
    mark = LABEL + limit * scale
    drawn = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}"',
        ' font-family="sans-serif" font-size="13">',
        f'<rect width="{WIDTH}" height="{height}" fill="#fbfaf7"/>',
        f'<text x="8" y="18" font-weight="bold">{escape(title)}</text>',
    ]
    for number, (name, value, told) in enumerate(rows):
        top = LINE * (number + 1) + 8
        colour = "#3a7d5d" if value <= limit else "#b4542f"
        drawn += [
            f'<text x="{LABEL - 8}" y="{top + 14}" text-anchor="end">{escape(name)}</text>',
            f'<rect x="{LABEL}" y="{top + 2}" width="{value * scale:.1f}" height="16" fill="{colour}"/>',
            f'<text x="{LABEL + value * scale + 5:.1f}" y="{top + 15}">{escape(told)}</text>',
        ]
    foot = LINE * (len(rows) + 1) + 10
    drawn += [
        f'<line x1="{mark:.1f}" x2="{mark:.1f}" y1="26" y2="{foot}" stroke="#555" stroke-dasharray="4 3"/>',
        f'<text x="{mark:.1f}" y="{foot + 14}" text-anchor="middle" fill="#555">{escape(limit_told)}</text>',
        "</svg>",
    ]
    return "\n".join(drawn) + "\n"
