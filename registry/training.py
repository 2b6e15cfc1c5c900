"""Topics, rules and questions of bimtek: data with a version and a source (`fixtures/training.json`)."""

import json
from dataclasses import dataclass
from functools import cache

from django.conf import settings

__all__ = [
    "Topic",
    "post_score_min",
    "questions",
    "rule",
    "rules_source",
    "rules_version",
    "topic_name",
    "topic_of",
    "topics",
]


@dataclass(frozen=True)
class Topic:
    """One topic of the catalogue. `posts` are those it is meant for, the first most; `aliases` what older lists call it."""

    code: str
    name: str
    hours: int
    posts: tuple[str, ...]
    contents: tuple[str, ...]
    aliases: tuple[str, ...] = ()
    core: bool = False


@cache
def _data() -> dict:
    return json.loads((settings.FIXTURES_DIR / "training.json").read_text())


def rules_version() -> str:
    """Return which version of the rules is in force; a certificate keeps it."""
    return _data()["version"]


def rules_source() -> str:
    """Return where the topics and rules come from."""
    return _data()["source"]


def rule(name: str):
    """Return one rule by name. Raises `KeyError`."""
    return _data()["rules"][name]


def post_score_min() -> int:
    """Return the least post-test score for a certificate, where a post test was held."""
    return rule("post_score_min")


@cache
def topics() -> dict[str, Topic]:
    """Return the topics by code, in their order."""
    return {
        row["code"]: Topic(
            row["code"], row["name"], row["hours"], tuple(row["for"]), tuple(row["contents"]), tuple(row["aliases"]),
            row.get("core", False),
        )
        for row in _data()["topics"]
    }  # fmt: skip


@cache
def questions() -> dict[str, str]:
    """Return the questions of the evaluation: code to sentence, answered 1 to 5."""
    return {row["code"]: row["name"] for row in _data()["questions"]}


def topic_name(code: str) -> str:
    """Return the name of a topic, or the code itself where the catalogue no longer has it."""
    return topics()[code].name if code in topics() else code


def topic_of(text: str) -> str:
    """Return the code of the topic that a written-down name means, or "" when the catalogue has none like it."""
    return _names().get(" ".join(text.split()).lower(), "")


@cache
def _names() -> dict[str, str]:
    return {name.lower(): one.code for one in topics().values() for name in (one.name, *one.aliases)}
