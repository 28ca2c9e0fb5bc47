"""`/u/{token}`: what the links in our messages lead to. GET shows, POST acts (RFC 8058); nothing about a debt."""

from __future__ import annotations

from html import escape
from typing import Annotated, NamedTuple

from fastapi import APIRouter, Depends, Form, Path
from fastapi.responses import HTMLResponse

from orchestrator.api.caller import PUBLIC, TheRuntime
from orchestrator.services import preference
from orchestrator.services.preference import Scope

router = APIRouter(tags=["preferences"], dependencies=[Depends(PUBLIC)])
Token = Annotated[str, Path(max_length=200)]


class Words(NamedTuple):
    title: str
    question: str
    address: str
    channel: str
    all: str
    button: str
    done: str
    unknown: str


WORDS = {
    "en": Words(
        "Your messages",
        "What should we stop?",
        "Messages to this address or number",
        "All messages of this kind (for example all e-mail)",
        "All messages and calls",
        "Stop",
        "Done. It takes effect at once.",
        "This link is not valid any more. Please reply to the message instead.",
    ),
    "es": Words(
        "Sus mensajes",
        "¿Qué debemos dejar de enviar?",
        "Mensajes a esta dirección o número",
        "Todos los mensajes de este tipo (por ejemplo, todo el correo electrónico)",
        "Todos los mensajes y llamadas",
        "Dejar de enviar",
        "Hecho. Surte efecto de inmediato.",
        "Este enlace ya no es válido. Responda al mensaje, por favor.",
    ),
    "zh": Words(
        "您的消息设置",
        "您希望我们停止什么？",
        "发往此地址或号码的消息",
        "此类全部消息（例如全部电子邮件）",
        "全部消息和电话",
        "停止",
        "已完成，立即生效。",
        "此链接已失效，请直接回复该消息。",
    ),
}


def words_of(language: str | None) -> Words:
    return WORDS.get((language or "en").split("-")[0].lower(), WORDS["en"])


def page(language: str | None, body: str, status: int = 200) -> HTMLResponse:
    words = words_of(language)
    html = (
        f'<!doctype html><html lang="{escape(language or "en")}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">'
        f'<title>{words.title}</title><link rel="stylesheet" href="/assets/page.css"></head>'
        f"<body><main><h1>{words.title}</h1>{body}</main></body></html>"
    )
    return HTMLResponse(html, status_code=status)


@router.get("/u/{token}", response_class=HTMLResponse)
def show_preferences(runtime: TheRuntime, token: Token) -> HTMLResponse:
    """Shows what can be stopped; changes nothing, because mail scanners follow links."""
    target = preference.find(runtime.house, token)
    if target is None:
        return page(None, f"<p>{WORDS['en'].unknown}</p>", 404)
    words = words_of(target.language)
    choices = {Scope.ADDRESS: words.address, Scope.CHANNEL: words.channel, Scope.ALL: words.all}
    rows = "".join(
        f'<label><input type="radio" name="scope" value="{scope}"{" checked" if scope is Scope.ADDRESS else ""}> {text}'
        "</label>"
        for scope, text in choices.items()
    )
    form = f'<form method="post"><p>{words.question}</p>{rows}<button>{words.button}</button></form>'
    return page(target.language, form)


@router.post("/u/{token}", response_class=HTMLResponse)
def stop_messages(
    runtime: TheRuntime,
    token: Token,
    scope: Annotated[Scope, Form()] = Scope.ADDRESS,
    one_click: Annotated[str | None, Form(alias="List-Unsubscribe", max_length=40)] = None,
) -> HTMLResponse:
    """Stops what was asked for, from a form or by a mail program's one click; it counts once it is answered."""
    target = preference.find(runtime.house, token)
    if target is None or not preference.stop(
        runtime.house, token, scope if one_click is None else Scope.ADDRESS
    ):
        return page(None, f"<p>{WORDS['en'].unknown}</p>", 404)
    return page(target.language, f"<p>{words_of(target.language).done}</p>")
