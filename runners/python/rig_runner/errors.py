"""From whatever a pack raised to the `error` object of a result frame."""

# What a pack may say of its own failure. Every other type of RTP tells what the gateway
# decided (policy_denied, approval_required, internal …); a pack that could claim those could
# ask a person to approve something the gateway never asked about.
PACK_TYPES = frozenset(
    (
        "tool_error",
        "upstream_error",
        "validation_failed",
        "secret_missing",
        "rate_limited",
        "timeout",
        "cancelled",
        "unknown_outcome",
    )
)
# The types whose `retryable` is the pack's word; RTP fixes it for all others.
RETRY_IS_THE_PACKS = ("tool_error", "upstream_error", "timeout")

MESSAGE_CHARS_MAX = 2000
CODE_CHARS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.:-")
CODE_CHARS_MAX = 64
RETRY_AFTER_MS = 1000
ASK_BEFORE_RETRY = "Find out at the remote side whether it happened before calling again."
NO_MESSAGE = "the tool failed and said nothing more"


class ToolError(Exception):
    """A failure with a type of its own; what a pack raises to be understood."""

    def __init__(
        self,
        type,
        message,
        *,
        code=None,
        retryable=None,
        details=None,
        remediation=None,
    ):
        super().__init__(message)
        self.rig_error = {
            "type": type,
            "message": message,
            "code": code,
            "retryable": retryable,
            "details": details,
            "remediation": remediation,
        }


def fault(type, message, details=None):
    """An error object made by the runner itself."""
    error = {"type": type, "message": message}
    if details is not None:
        error["details"] = details
    return error


def clip(text):
    return text if len(text) <= MESSAGE_CHARS_MAX else text[: MESSAGE_CHARS_MAX - 1] + "…"


def from_exception(problem):
    """Class and text: the traceback goes to stderr, where a client cannot see it."""
    try:
        text = str(problem)
    except Exception:
        text = ""
    name = type(problem).__name__
    return {"type": "tool_error", "message": clip(f"{name}: {text}" if text else name)}


def is_code(text):
    """RTP's code: 1 to 64 of [A-Za-z0-9_.:-]."""
    return isinstance(text, str) and 0 < len(text) <= CODE_CHARS_MAX and CODE_CHARS.issuperset(text)


def from_claim(claim):
    """What a pack claimed, field by field: wrong or unknown parts fall away, none is trusted."""
    kind = claim.get("type")
    known = isinstance(kind, str) and kind in PACK_TYPES
    error = {"type": kind if known else "tool_error"}
    message = claim.get("message")
    error["message"] = clip(message) if isinstance(message, str) and message else NO_MESSAGE
    if isinstance(claim.get("retryable"), bool) and error["type"] in RETRY_IS_THE_PACKS:
        error["retryable"] = claim["retryable"]
    if is_code(claim.get("code")):
        error["code"] = claim["code"]
    elif not known and is_code(kind):
        # The type it must not claim is kept as its code, so that nothing said is lost.
        error["code"] = kind
    remediation = claim.get("remediation")
    if isinstance(remediation, str) and remediation:
        error["remediation"] = clip(remediation)
    details = claim.get("details")
    if details is not None:
        containers = (dict, list, tuple)
        error["details"] = details if isinstance(details, containers) else {"value": details}
    return _complete(error)


def _complete(error):
    """Adds what RTP demands of a type and the pack left out."""
    kind = error["type"]
    details = error.get("details")
    if kind == "unknown_outcome":
        error.setdefault("remediation", ASK_BEFORE_RETRY)
    elif kind == "rate_limited":
        details = dict(details) if isinstance(details, dict) else {}
        wait = details.get("retry_after_ms")
        if isinstance(wait, bool) or not isinstance(wait, int) or wait < 0:
            details["retry_after_ms"] = RETRY_AFTER_MS
        error["details"] = details
    elif kind == "validation_failed" and not _are_violations(details):
        error["details"] = [violation("", "pack", "", error["message"])]
    return error


def violation(pointer, keyword, schema_pointer, message):
    """One entry of a validation_failed error's details."""
    return {
        "pointer": pointer,
        "keyword": keyword,
        "schema_pointer": schema_pointer,
        "message": message,
    }


def _are_violations(details):
    fields = ("pointer", "keyword", "schema_pointer", "message")
    return (
        isinstance(details, (list, tuple))
        and len(details) > 0
        and all(
            isinstance(entry, dict)
            and sorted(entry) == sorted(fields)
            and all(isinstance(entry[field], str) for field in fields)
            and entry["keyword"]
            and entry["message"]
            for entry in details
        )
    )


def claim_of(value):
    """The `rig_error` dict of an exception or a returned object, None when it has none."""
    claim = getattr(value, "rig_error", None)
    return claim if isinstance(claim, dict) else None
