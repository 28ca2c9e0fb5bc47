"""Words people use to be left alone, and for the other things they answer with, in three languages.

Folded text only: lower case, no accents, no punctuation. Lists err towards protection.
"""

from __future__ import annotations

import re

STOP_WORDS = frozenset({
    "stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout", "remove", "halt",
    "desist", "alto", "parar", "pare", "paren", "baja", "cancelar", "detener", "detenga", "basta",
    "eliminar", "salir", "dejen", "td", "t", "退订", "退订回t", "停", "停止", "取消", "取消订阅", "拒收",
    "不要", "别发", "td1",
})  # fmt: skip
# the words whose misspellings are looked for: long enough that one wrong letter leaves them recognisable
MISSPELT = (
    "stop",
    "stopall",
    "unsubscribe",
    "cancel",
    "quit",
    "revoke",
    "optout",
    "remove",
    "desist",
    "cancelar",
    "detener",
    "detenga",
    "eliminar",
)
# ordinary words one letter away from a stop word
LOOKALIKES = frozenset({
    "shop", "step", "stoop", "top", "atop", "stow", "stomp", "strop", "quite", "quiet", "quid",
    "suit", "quilt", "quin", "provoke", "evoke", "removed", "cancer", "canal", "cancels", "resist",
    "insist", "detained", "deter", "eliminate", "stock", "stops",
})  # fmt: skip
# stop words that everyday sentences are full of: they stop only when they stand alone
EVERYDAY = frozenset({"end", "t", "td", "baja", "pare", "salir", "alto", "remove", "停", "取消", "不要"})
COURTESY = frozenset({
    "please", "pls", "plz", "thanks", "thank", "you", "ty", "now", "me", "my", "all", "texts",
    "text", "texting", "messages", "message", "messaging", "sms", "calls", "calling", "emails",
    "email", "mailing", "to", "this", "these", "it", "the", "from", "just", "hi", "hello", "ok",
    "i", "said", "want", "number", "phone", "right", "already", "us", "sending", "contacting",
    "contact", "here", "immediately", "today", "ya", "por", "favor", "gracias", "mensajes",
    "mensaje", "llamar", "de", "los", "las", "el", "la", "enviar", "ahora", "hola", "quiero", "请",
    "谢谢", "短信", "please1",
})  # fmt: skip

_CHINESE_STOP = (
    "退订|不要再?(?:给我)?(?:联系|打|发|骚扰|来电|打扰)|别再?(?:给我)?(?:联系|打|发|骚扰|打扰|来电)"
    "|停止(?:联系|发送|催收|短信|骚扰|打扰|发)|勿扰|请勿(?:联系|打扰|再)|拒收|取消(?:订阅|短信)"
    "|不想(?:再)?(?:收到|接到)|^停$|^停止$|^取消$|^t$|^td$|不要發|停止聯絡|不要再聯絡|別再"
)
CHINESE_STOP = re.compile(_CHINESE_STOP)
# not a clear stop, but somebody who writes so is not written to again before a person has looked
ANGER = re.compile(
    r"\b(?:fuck|piss|screw) (?:off|you)\b|\blose my number\b|\bgo away\b|\benough\b"
    r"|\bleave us alone\b|\bblock(?:ed|ing)? (?:you|this)\b"
    r"|\bvete\b|\bdejame\b|\bdejenme\b|\bdetente\b|滚|烦死"
    r"|\bstfu\b|\blose (?:this|our|the) number\b|\bleave (?:me|us) (?:\w+ ){1,3}alone\b|\bget lost\b"
)
# nor somebody who would rather hear nothing more, in words that also occur elsewhere
WEARY = re.compile(
    r"^(?:no|no more|no thanks?(?: you)?|no gracias|ya no|cease|unsub|stop ?2 ?end|end ?2 ?stop|5top|arret"
    r"|dnc|dnd|spam|scam|block(?:ed)?|quitar|cancelen|detenganse|i want out|out|not interested|no me interesa"
    r"|不|不用了?|不需要|勿打|阻止)$"
    r"|\bunsub\b|\bdo not disturb\b|\bdo not (?:call|text|mail) list\b|\bi said no\b|\bno longer wish\b"
    r"|\b(?:do not|dont|no longer|never) (?:\w+ )?(?:want|wish|agree|consent)\b(?: \w+){0,3} "
    r"(?:texts?|messages?|calls?|e ?mails?|sms|letters?|contact|contacted|called|texted|receive|hear)\b"
    r"|^(?:please |pls )?no (?:more )?(?:texts?|texting|txts?|msgs?|messages?|calls?|calling|e ?mails?|sms)\b"
    r"|\b(?:stop|quit|dont|do not|never) (?:ever )?(?:txt|msg|phon|ring|mail|writ|spam)\w*"
    r"|\bif you (?:text|call|contact|message|e ?mail) me (?:again|any ?more|one more time)\b"
    r"|\bno (?:quiero|deseo) (?:\w+ ){0,2}(?:contacto|saber)\b"
)
CHINESE_HINT = re.compile("停止|退|骚扰|打扰|取消|别|烦|騷擾|停")


def _phrases(intent: str, *patterns: str) -> tuple[str, re.Pattern[str]]:
    return intent, re.compile("|".join(patterns))


PHRASES: tuple[tuple[str, re.Pattern[str]], ...] = (
    _phrases(
        "stop",
        r"\bopt(?:ing|ed)? (?:me )?out\b",
        r"\b(?:stop|quit|cease) (?:\w+ )?(?:text|texting|messag\w+|sending|call|calling"
        r"|contact|contacting|e ?mail\w*|bother\w*|harass\w*)",
        r"\b(?:do not|dont|never) (?:ever )?(?:text|message|contact|call|e ?mail|send"
        r"|bother)\b(?! (?:back|until|before))",
        r"\b(?:no|not) more (?:text|message|call|e ?mail|sms)",
        r"\b(?:take|remove|delete) (?:me|my (?:number|phone|e ?mail|name))\b",
        r"\b(?:leave me alone|unsubscribe|un subscribe|withdraw (?:my )?consent"
        r"|revoke (?:my )?consent)\b",
        r"\bno (?:me )?(?:llam\w+|contact\w+|envi\w+|mand\w+|escrib\w+|molest\w+)",
        r"\b(?:deje|dejen|pare|paren|deja) de (?:\w+)",
        r"\b(?:ya )?no (?:quiero|deseo) (?:mas|recibir|mensajes|llamadas|textos|correos)\b"
        r"|\bno mas (?:mensajes|llamadas|correos|textos)\b|\bdarme de baja\b"
        r"|\bdar de baja\b|\bborr\w+ mi numero\b",
    ),
    _phrases(
        "cease",
        r"\bcease (?:and desist|all|communicat|contact)",
        r"\bstop all (?:communication|contact)",
        r"\bcontact(?:ing)? (?:me|us) (?:again |ever )?(?:in any (?:way|form|manner)|by any means)\b",
        r"\b(?:no|without) further (?:communication|contact)",
        r"\bstop (?:all )?communicat\w+",
        r"\brefuse to pay\b",
        r"\b(?:cese|cesen) (?:toda|todo|de)\b",
        r"(?:不要|别|请勿)再?以任何(?:方式|形式)联系|停止一切联系|停止催收",
    ),
    _phrases(
        "attorney",
        r"\b(?:my|our|a|an) (?:attorney|lawyer|counsel|solicitor)\b",
        r"\b(?:attorney|lawyer) represent\w*|\brepresented by (?:an? )?(?:attorney|lawyer"
        r"|counsel)\b",
        r"\bmi abogad[oa]\b|\bcon (?:un |una |mi )?abogad[oa]\b",
        r"我的?律师|委托了?律师|找律师|联系.{0,4}律师",
    ),
    _phrases("bankruptcy", r"\bbankrupt\w*|\bchapter (?:7|11|13)\b", r"\bbancarrota\b|\bquiebra\b", r"破产"),
    _phrases(
        "deceased",
        r"\b(?:deceased|passed away|has died|is dead|he died|she died)\b",
        r"\b(?:fallecio|fallecid[oa]|murio|difunt[oa])\b",
        r"去世|过世|已故|死亡",
    ),
    _phrases(
        "wrong_party",
        r"\bwrong (?:number|person|guy|email|address)\b|\bnot (?:him|her|me)\b"
        r"|\bnobody here by that name\b",
        r"\b(?:i am|im|this is|its) not (?:the |that )?(?:person|\w+)\b(?= ?(?:$|you))"
        r"|\bdont know (?:him|her|them|this person|who that is)\b",
        r"\bnumero (?:equivocado|incorrecto)\b|\bpersona equivocada\b"
        r"|\bno soy (?:esa persona|yo|ella|el)\b|\bse equivoc\w+ de\b",
        r"打错|不是本人|我不是|不认识(?:他|她|这个人)|号码错|错号",
    ),
    _phrases(
        "dispute",
        r"\bdisput\w+|\bnot my (?:debt|account|bill)\b|\b(?:dont|do not|never) owe\b"
        r"|\balready paid\b|\bprove (?:it|this)\b|\bvalidate (?:the|this) debt\b"
        r"|\bnot mine\b|\bidentity theft\b|\bfraud\b",
        r"\bno (?:es|debo)\b.{0,12}\b(?:deuda|nada|mia|dinero)\b|\bdisputo\b|\bya pague\b"
        r"|\bno debo\b",
        r"有异议|异议|不欠|没欠|不是我的(?:债|账|欠款)|已经还(?:清|了)|已还",
    ),
    _phrases(
        "complaint",
        r"\bcomplain\w*|\bcfpb\b|\breport you\b|\bsue you\b|\bharass\w+",
        r"\bqueja\w*|\bdenunci\w+|\bacoso\b",
        r"投诉|举报|骚扰|12378|银保监|金融监管",
    ),
    _phrases(
        "hardship",
        r"\b(?:lost my job|unemployed|hospital|cant afford|cannot afford|hardship)\b",
        r"\b(?:perdi mi trabajo|sin trabajo|desemplead[oa]|no puedo pagar)\b",
        r"失业|没钱|困难|住院|还不起",
    ),
    _phrases(
        "call_back",
        r"\bcall me (?:back|at|after|tomorrow|later|on)\b|\bcall back\b",
        r"\bllam[ea]me (?:manana|luego|despues|a las)\b",
        r"(?:晚点|明天|稍后|回头).{0,6}(?:打|联系|来电)|回电",
    ),
    _phrases(
        "promise",
        r"\b(?:i will|ill|i can|gonna|going to) pay\b|\bpay (?:it )?(?:on|by|next|tomorrow"
        r"|friday)\b",
        r"\b(?:pagare|voy a pagar|puedo pagar)\b",
        r"(?:明天|下周|月底|下个?月|号).{0,6}(?:还|付)|会还|我还款",
    ),
    _phrases("start", r"^(?:start|unstop|yes start|resume|subscribe|iniciar|alta|comenzar|开始|恢复)$"),
    _phrases("help", r"^(?:help|info|ayuda|帮助)$"),
)
