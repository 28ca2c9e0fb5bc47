"""Who may use what, written down by hand: every route of API and console, and the roles that it lets in.

c collector, m campaign manager, o compliance officer, a auditor, d administrator; * everybody, also without signing in.
A new route needs a line here. This is what we mean; `orchestrator.domain.permission` is how it is done.
"""

from __future__ import annotations

from orchestrator.domain.permission import Role

LETTERS = {
    "c": Role.COLLECTOR,
    "m": Role.CAMPAIGN_MANAGER,
    "o": Role.COMPLIANCE_OFFICER,
    "a": Role.AUDITOR,
    "d": Role.ADMINISTRATOR,
}
EVERYBODY = "*"

API = """
*      GET   /healthz
*      GET   /readyz
*      GET   /metrics
*      GET   /docs
*      GET   /docs/problems
*      GET   /openapi.json
*      FILES /assets
*      POST  /webhooks/twilio/sms
*      POST  /webhooks/twilio/sms/{attempt_id}
*      POST  /webhooks/twilio/voice
*      POST  /webhooks/twilio/voice/{attempt_id}
*      POST  /webhooks/email
cmo-d  POST  /api/v1/contacts/check
cmo-d  POST  /api/v1/contacts/check/batch
cm--d  GET   /api/v1/contacts/letter.pdf
cm--d  POST  /api/v1/contacts
c---d  POST  /api/v1/reservations
c---d  PUT   /api/v1/reservations/{slot_id}/started
c---d  POST  /api/v1/reservations/{slot_id}/commit
c---d  POST  /api/v1/reservations/{slot_id}/void
c-o-d  POST  /api/v1/consents
c-o-d  POST  /api/v1/opt-outs
c-o-d  POST  /api/v1/holds
c-o-d  POST  /api/v1/holds/{hold_id}/release
c-o-d  POST  /api/v1/promises
c-o-d  POST  /api/v1/payments
c-o-d  POST  /api/v1/complaints
c-o-d  POST  /api/v1/complaints/{complaint_id}/close
c-o-d  POST  /api/v1/wishes
c-o-d  POST  /api/v1/wishes/{wish_id}/end
c-o-d  POST  /api/v1/call-backs
c-o-d  POST  /api/v1/consents/{consent_id}/withdraw
c-o-d  POST  /api/v1/contact-points/{contact_point_id}/wrong-party
c-o-d  POST  /api/v1/attorneys
c-o-d  GET   /api/v1/tasks
c-o-d  POST  /api/v1/tasks/{task_id}/take
c-o-d  POST  /api/v1/tasks/{task_id}/close
c-o-d  POST  /api/v1/notes
cmoad  GET   /api/v1/search
c-o-d  POST  /api/v1/events/{event_id}/corrections
-moad  GET   /api/v1/cadences
-moad  GET   /api/v1/templates
cmoad  GET   /api/v1/policies
cmoad  GET   /api/v1/policies/rules
cmoad  GET   /api/v1/policies/rules/{rule_id}
cmoad  GET   /api/v1/decisions
cmoad  GET   /api/v1/decisions/{key}
cmo-d  POST  /api/v1/decisions/{key}/what-if
--oad  GET   /api/v1/ledger
--oad  GET   /api/v1/ledger/lines
--oad  POST  /api/v1/ledger/verification
-m--d  POST  /api/v1/enrollments
-m--d  POST  /api/v1/imports
cmoad  GET   /api/v1/events
cmoad  GET   /api/v1/consumers
cmoad  GET   /api/v1/consumers/{identifier}
cmoad  GET   /api/v1/accounts
cmoad  GET   /api/v1/accounts/{identifier}
cmoad  GET   /api/v1/contact-points
cmoad  GET   /api/v1/contact-points/{identifier}
cmoad  GET   /api/v1/consents
cmoad  GET   /api/v1/consents/{identifier}
cmoad  GET   /api/v1/opt-outs
cmoad  GET   /api/v1/opt-outs/{identifier}
cmoad  GET   /api/v1/holds
cmoad  GET   /api/v1/holds/{identifier}
cmoad  GET   /api/v1/wishes
cmoad  GET   /api/v1/wishes/{identifier}
cmoad  GET   /api/v1/promises
cmoad  GET   /api/v1/promises/{identifier}
cmoad  GET   /api/v1/payments
cmoad  GET   /api/v1/payments/{identifier}
cmoad  GET   /api/v1/complaints
cmoad  GET   /api/v1/complaints/{identifier}
cmoad  GET   /api/v1/attempts
cmoad  GET   /api/v1/attempts/{identifier}
cmoad  GET   /api/v1/enrollments
cmoad  GET   /api/v1/enrollments/{identifier}
cmoad  GET   /api/v1/imports
cmoad  GET   /api/v1/imports/{identifier}
-moad  GET   /api/v1/campaigns
-m--d  POST  /api/v1/campaigns
-m--d  POST  /api/v1/campaigns/segment
-moad  GET   /api/v1/campaigns/{key}
-m--d  PUT   /api/v1/campaigns/{key}
-moad  GET   /api/v1/campaigns/{key}/progress
-moad  GET   /api/v1/campaigns/{key}/activity
-moad  GET   /api/v1/campaigns/{key}/members
-m--d  POST  /api/v1/campaigns/{key}/forecast
-moad  GET   /api/v1/campaigns/{key}/forecast
-moad  GET   /api/v1/campaigns/{key}/forecast/{bucket}
-m--d  POST  /api/v1/campaigns/{key}/start
-m--d  POST  /api/v1/campaigns/{key}/pause
-m--d  POST  /api/v1/campaigns/{key}/resume
-mo-d  POST  /api/v1/campaigns/{key}/stop
----d  GET   /api/v1/users
----d  GET   /api/v1/users/{user_id}
----d  POST  /api/v1/users
----d  POST  /api/v1/users/{user_id}/disable
----d  POST  /api/v1/users/{user_id}/enable
----d  POST  /api/v1/users/{user_id}/role
----d  POST  /api/v1/users/{user_id}/password
"""

CONSOLE = """
*      FILES /console/assets
*      GET   /u/{token}
*      POST  /u/{token}
*      GET   /sign-in
*      POST  /sign-in
cmoad  POST  /sign-out
cmoad  GET   /
cmoad  GET   /me
cmoad  POST  /me
cmoad  POST  /me/password
c-o-d  GET   /work
c-o-d  GET   /work/next
c-o-d  GET   /work/previous
c-o-d  POST  /work/{item}/take
c-o-d  POST  /work/{item}/release
c-o-d  POST  /work/{item}/close
cmoad  GET   /consumers
cmoad  GET   /consumers/{consumer_id}
cmoad  GET   /consumers/{consumer_id}/record
c-o-d  GET   /consumers/{consumer_id}/record/{kind}
c-o-d  POST  /consumers/{consumer_id}/record/{kind}
cmoad  GET   /consumers/{consumer_id}/timeline
cmoad  GET   /consumers/{consumer_id}/replies/{message_id}
cm--d  POST  /consumers/{consumer_id}/replies/{message_id}
cmoad  GET   /consumers/{consumer_id}/contact
cmoad  GET   /consumers/{consumer_id}/contact/answers
cmoad  GET   /consumers/{consumer_id}/contact/detail
cmoad  POST  /consumers/{consumer_id}/contact/show
cm--d  GET   /consumers/{consumer_id}/contact/letter.pdf
cm--d  POST  /consumers/{consumer_id}/contact/send
c---d  POST  /consumers/{consumer_id}/contact/call
c---d  POST  /consumers/{consumer_id}/contact/call/{call_id}
c---d  POST  /consumers/{consumer_id}/contact/call/{call_id}/not-dialed
c---d  POST  /consumers/{consumer_id}/contact/remind
c---d  POST  /consumers/{consumer_id}/contact/review
-moad  GET   /campaigns
-m--d  GET   /campaigns/new
-m--d  POST  /campaigns/new
-m--d  POST  /campaigns/segment
-m--d  POST  /campaigns/cadence
-m--d  GET   /campaigns/{key}/edit
-m--d  POST  /campaigns/{key}/edit
-moad  GET   /campaigns/{key}/forecast
-m--d  POST  /campaigns/{key}/forecast
-moad  GET   /campaigns/{key}/forecast/events
-moad  GET   /campaigns/{key}/forecast/people
-m--d  POST  /campaigns/{key}/start
-moad  GET   /campaigns/{key}
-moad  GET   /campaigns/{key}/events
-moad  GET   /campaigns/{key}/people
-m--d  POST  /campaigns/{key}/pause
-m--d  POST  /campaigns/{key}/resume
-mo-d  POST  /campaigns/{key}/stop
cmoad  GET   /policies
cmoad  GET   /policies/{slug}
cmoad  GET   /policies/rules/{rule_id}
cmoad  GET   /decisions
cmoad  GET   /decisions/{key}
cmo-d  GET   /decisions/{key}/what-if
--oad  GET   /ledger
--oad  GET   /ledger/verification
--oad  POST  /ledger/verification
"""

Key = tuple[str, str]


def read(text: str) -> dict[Key, frozenset[Role | None]]:
    """Method and path -> who is let in; None stands for somebody who is not signed in."""
    table: dict[Key, frozenset[Role | None]] = {}
    for line in text.strip().splitlines():
        letters, method, path = line.split()
        assert (method, path) not in table, f"listed twice: {line}"
        if letters == EVERYBODY:
            table[method, path] = frozenset({None, *Role})
        else:
            table[method, path] = frozenset(LETTERS[letter] for letter in letters if letter != "-")
    return table
