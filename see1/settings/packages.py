"""The npm packages that pages import, and which of their folders are served. Never all of `node_modules`."""

from pathlib import Path

NODE_MODULES = Path(__file__).resolve().parents[2] / "node_modules"

# d3 since 2026 ships one ES module a package; topojson-client ships its sources.
_D3 = (
    *("d3-array", "d3-color", "d3-dispatch", "d3-drag", "d3-ease", "d3-format", "d3-geo", "d3-interpolate"),
    *("d3-scale", "d3-selection", "d3-time", "d3-time-format", "d3-timer", "d3-transition", "d3-zoom"),
)

_FOLDERS = {
    **{f"vendor/{name}": NODE_MODULES / name / "dist" for name in _D3},
    "vendor/topojson-client": NODE_MODULES / "topojson-client" / "src",
}

BROWSER_IMPORTS = {
    **{name: f"vendor/{name}/{name}.min.mjs" for name in _D3},
    "topojson-client": "vendor/topojson-client/feature.js",
}
"""What a page may import, by name, as paths of static files."""

LAND = "vendor/world-atlas/land-110m.json"


def static_folders() -> list[tuple[str, Path]]:
    """For STATICFILES_DIRS; none where `npm ci` has not run, and pages then do without."""
    folders = {**_FOLDERS, "vendor/world-atlas": NODE_MODULES / "world-atlas"}
    return [(prefix, folder) for prefix, folder in folders.items() if folder.is_dir()]


def are_installed() -> bool:
    return len(static_folders()) == len(_FOLDERS) + 1
