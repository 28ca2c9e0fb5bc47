"""A verdict in plain sentences, in English and Chinese, with the citation behind each reason.

The sentence of a rule as it was found stands in the verdict in English; in Chinese the rule's title speaks for it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from zoneinfo import ZoneInfo

from policies.library import load
from policies.pack import Rule
from policies.verdict import Finding, Verdict
from policies.vocabulary import Decision

_OPENING = {
    "en": {
        Decision.ALLOW: "This contact may be made.",
        Decision.DEFER: "Not now: this contact may be made from {time}.",
        Decision.HOLD: "On hold: a fact is missing or a person has to decide.",
        Decision.DENY: "This contact may not be made.",
    },
    "zh": {
        Decision.ALLOW: "可以进行本次联络。",
        Decision.DEFER: "暂不可联络：最早可于{time}进行。",
        Decision.HOLD: "暂停：缺少必要信息，或须由人工决定。",
        Decision.DENY: "不得进行本次联络。",
    },
}
_UNTIL = {
    "en": "It stays permitted until {time} if nothing else happens.",
    "zh": "如无其他情况，有效至{time}。",
}
_REASON = {"en": "{title}: {found} ({citation}){until}", "zh": "{title}（{citation}）{until}"}
_REASON_UNTIL = {"en": "; until {time}", "zh": "；至{time}止"}
_FLAG = {"en": "Note: {flag}.", "zh": "提示：{flag}。"}
_OUR_REASONS = {
    "policy_unavailable": "没有适用的政策",
    "history_unknown": "历史联络记录不完整",
    "sender_incomplete": "发送方信息不完整",
    "zone_unknown": "消费者所在时区未知",
    "country_unknown": "消费者所在国家未知",
    "actor_unknown": "联络主体未知",
    "currency_unknown": "币种未知",
    "recipient_unknown": "收件人身份未知",
    "contact_point_unknown": "联系方式是否有效未知",
}


def _time(at: dt.datetime | None, zone: str | None, language: str) -> str:
    if at is None:
        return "-"
    local = at.astimezone(ZoneInfo(zone)) if zone else at.astimezone(dt.UTC)
    place = zone or "UTC"
    if language == "zh":
        return f"{local:%Y}年{local.month}月{local.day}日{local:%H:%M}（{place}）"
    return f"{local:%Y-%m-%d %H:%M} ({place})"


def _title(finding: Finding, rule: Rule | None, language: str) -> str:
    if language == "zh":
        return (rule.title.zh if rule else "") or _OUR_REASONS.get(finding.id, "") or finding.id
    return (rule.title.en if rule else "") or finding.id.replace("_", " ")


def _reason(finding: Finding, rule: Rule | None, language: str, zone: str | None) -> str:
    until = ""
    if finding.until is not None:
        until = _REASON_UNTIL[language].format(time=_time(finding.until, zone, language))
    text = _REASON[language].format(
        title=_title(finding, rule, language),
        found=finding.found,
        citation=finding.citation or finding.id,
        until=until,
    )
    return f"{text}." if language == "en" else f"{text}。"


def sentences(
    verdict: Verdict,
    language: str = "en",
    *,
    zone: str | None = None,
    rules: Mapping[str, Rule] | None = None,
) -> list[str]:
    """The verdict's answer, then one sentence for each determining rule and flag.

    `language` is a BCP 47 tag: Chinese for zh and its regions, else English. Times are shown in `zone` (UTC if None).
    `rules` gives the titles; left out, the packs that ship do.
    """
    spoken = "zh" if language.lower().startswith("zh") else "en"
    known = load().rules if rules is None else rules
    found = [_OPENING[spoken][verdict.decision].format(time=_time(verdict.retry_at, zone, spoken))]
    if verdict.decision is Decision.ALLOW and verdict.valid_until is not None:
        found.append(_UNTIL[spoken].format(time=_time(verdict.valid_until, zone, spoken)))
    found += [_reason(finding, known.get(finding.id), spoken, zone) for finding in verdict.rules]
    found += [_FLAG[spoken].format(flag=flag.replace("_", " ")) for flag in verdict.flags]
    return found
