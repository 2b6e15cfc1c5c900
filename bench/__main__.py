"""`python -m bench`: measure, print a table, write bench/results/<date>.json. `./run bench` brings the database along."""

import argparse
import json
import os
import sys
from datetime import datetime
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "koperasi.settings")
os.environ.setdefault("DEMO", "1")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--small", action="store_true", help="a database of minutes, not of a quarter of an hour (CI)")
    parser.add_argument(
        "--medium", action="store_true", help="0.6 million postings instead of 6: the reports must be as fast in both"
    )
    parser.add_argument("--full", action="store_true", help="also the month of every cooperative, and the demo's time")
    parser.add_argument("--fresh", action="store_true", help="build the database anew")
    parser.add_argument("--strict", action="store_true", help="a missed target makes the exit code 1")
    parser.add_argument(
        "--only", default="", help="comma-separated: dues,http,pages,reads,sql,wall,import,admit,pdf,memory,demo"
    )
    chosen = parser.parse_args()

    import django

    django.setup()
    from bench import dues, house, http, lists, others, pages, reads
    from bench.measuring import Result, table

    def say(line: str) -> None:
        print(line, file=sys.stderr, flush=True)

    size = house.SMALL if chosen.small else house.MEDIUM if chosen.medium else house.LARGE
    cooperatives = house.use(size, fresh=chosen.fresh or chosen.small, say=say)
    benches = {
        "dues": dues.run, "wall": reads.wall, "reads": reads.run, "sql": reads.statements, "http": http.run, "pages": pages.run, "import": lists.import_members, "admit": others.admit,
        "pdf": others.report_pdf, "memory": others.web_memory, "demo": others.demo_time,
    }  # fmt: skip
    results: list[Result] = []
    for name, bench in benches.items():
        if chosen.only and name not in chosen.only.split(","):
            continue
        say(f"{name} …")
        results += bench(cooperatives, size, chosen.full)
    print(table(results))
    folder = Path(__file__).parent / "results"
    folder.mkdir(exist_ok=True)
    moment = datetime.now().astimezone()
    path = folder / f"{moment:%Y-%m-%d-%H%M}.json"
    path.write_text(
        json.dumps(
            {"at": moment.isoformat(), "size": size.__dict__, "results": [r.as_row() for r in results]}, indent=1
        )
    )
    say(f"written to {path}")
    return 1 if chosen.strict and any(r.ok is False for r in results) else 0


if __name__ == "__main__":
    sys.exit(main())
