"""Did every browser test that exists run? A skipped one is a page nobody looked at.

    python browser_tests_ran.py collected.txt junit.xml

`collected.txt`: what `pytest --collect-only -q -m browser` printed; `junit.xml`: the run.
Exits 1, naming them, when a test was skipped or does not appear; also when there is none at all.
"""

import re
import sys
from pathlib import Path
from xml.etree import ElementTree  # the file is our own


def address(node: str) -> tuple[str, str]:
    """A node id as pytest's JUnit writer splits it.

    `tests/test_a.py::TestB::test_c[x]` -> (`tests.test_a.TestB`, `test_c[x]`).
    """
    path, bracket, parameters = node.partition("[")
    first, *names = path.split("::")
    *classes, name = [first.removesuffix(".py").replace("/", "."), *names]
    return ".".join(classes), re.sub(r"[\x00-\x1f]", "?", name + bracket + parameters)


def collected(text: str) -> list[str]:
    """The test names in the output of `--collect-only -q`."""
    return [line.strip() for line in text.splitlines() if re.match(r"\S+\.py::", line)]


def ran(junit: str) -> set[tuple[str, str]]:
    """The tests that really ran, passed or failed."""
    cases = ElementTree.fromstring(junit).iter("testcase")  # noqa: S314
    return {(case.get("classname"), case.get("name")) for case in cases if case.find("skipped") is None}


def main(collected_file: str, junit_file: str) -> int:
    exist = collected(Path(collected_file).read_text())
    done = ran(Path(junit_file).read_text())
    missing = [node for node in exist if address(node) not in done]
    print(f"browser tests: {len(exist)} exist, {len(exist) - len(missing)} ran")  # noqa: T201
    for node in missing:
        print(f"did not run: {node}")  # noqa: T201
    return 0 if exist and not missing else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
