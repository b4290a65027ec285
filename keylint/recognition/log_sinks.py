"""Calls that write what they are given where others read it: a terminal, a log, the text of an exception."""

from __future__ import annotations

import re

from keylint.documents.code.values import Call

_LOGGER = re.compile(
    r"(?:^|[._$])(?:\w*log(?:s|ger|gers|ging|rus|uru)?|\w*logger(?:\(\))?|console|winston|sugar|zap|tracing|timber|slog|"
    r"klog|glog|pino|bunyan|consola|signale|nslog|getlogger\(\)|std(?:out|err)|system\.(?:out|err)|fmt|debug|trace|tqdm|"
    r"click|rich|st|streamlit)$"
)
# Of an object of these names some methods write, others do not.
_METHODS = re.compile(
    r"(?:print|println|printf|print_exception|debug|info|information|warn|warning|error|critical|fatal|fatalln|exception|"
    r"log|trace|notice|verbose|silly|success|fail|alert|panic|panicln|severe|fine|finer|finest|dir|table|group|d|e|i|v|w|"
    r"wtf|msg|write|writeline|writelineif|echo|secho|logger|put|text|json|code|(?:debug|info|warn|error|fatal|panic|"
    r"trace|print|warning|notice|critical)(?:f|w|ln|context|s|d)|log(?:debug|information|warning|error|critical|trace|f)|"
    r"at\w+)"
)
# What Go's `fmt` and Streamlit's `st` are for besides.
_ONLY = {
    "fmt": re.compile(r"print(?:f|ln)?"),
    "st": re.compile(r"write|text|json|code|info|error|warning|success"),
    "streamlit": re.compile(r"write|text|json|code|info|error|warning|success"),
    "click": re.compile(r"s?echo"),
    "tqdm": re.compile(r"write"),
    "rich": re.compile(r"print"),
    "zap": re.compile(r"x^"),
}
_BARE = {
    "": frozenset("print println printf pprint eprintln eprint log logger log_debug log_info log_error logmsg".split()),
    "python": frozenset(("pp", "debug", "ic")),
    "javascript": frozenset(("debug", "alert")),
    "typescript": frozenset(("debug", "alert")),
    "tsx": frozenset(("debug", "alert")),
    "php": frozenset("echo print_r var_dump var_export dd dump error_log syslog die exit".split()),
    "ruby": frozenset("puts p pp warn".split()),
    "rust": frozenset("dbg info warn error debug trace print".split()),
    "powershell": frozenset(
        "write-host write-output write-verbose write-debug write-information write-warning write-error echo".split()
    ),
    "shell": frozenset("echo printf logger print".split()),
}
_ERRORS = re.compile(
    r"(?:^|\.)(?:(?:[A-Z]\w*)?(?:Error|Exception|Failure)|fmt\.Errorf|errors\.\w+|xerrors\.\w+|panic|anyhow|bail)$"
)
_STREAMS = re.compile(r"(?:std(?:out|err))", re.IGNORECASE)


def is_log(call: Call, language: str) -> bool:
    """Tell whether a call writes to a terminal or a log."""
    receiver, method = call.receiver.lower(), call.method.lower()
    if not receiver:
        return (method in _BARE[""] or method in _BARE.get(language, ())) and not _goes_elsewhere(call)
    if method in ("fprintf", "fprintln", "fprint"):
        return bool(call.arguments) and _STREAMS.search(call.arguments[0].text) is not None
    if receiver == "json" or not _LOGGER.search(receiver):
        return False
    only = _ONLY.get(receiver.rpartition(".")[2])
    return (only or _METHODS).fullmatch(method) is not None


def is_error(call: Call) -> bool:
    """Tell whether a call makes an exception or error of its arguments."""
    return _ERRORS.search(call.callee) is not None


def _goes_elsewhere(call: Call) -> bool:
    """Tell whether Python's print is given a file of its own."""
    return any(argument.name == "file" and not _STREAMS.search(argument.text) for argument in call.arguments)
