"""The attributes that a fact of each target has: what a rule may speak of."""

from __future__ import annotations

from typing import Literal, NamedTuple

Type = Literal["text", "number", "flag", "texts"]


class Attribute(NamedTuple):
    """An attribute of a fact. A fact may lack any of them; it is unknown then."""

    type: Type
    meaning: str


def _table(text: str) -> dict[str, Attribute]:
    rows = (line.split(None, 2) for line in text.strip().splitlines())
    types: dict[str, Type] = {"text": "text", "number": "number", "flag": "flag", "texts": "texts"}
    return {name: Attribute(types[kind], meaning) for name, kind, meaning in rows}


TARGETS: dict[str, dict[str, Attribute]] = {
    "credential": _table("""
        kind           text    api_key, api_secret, private_key or unknown
        label          text    the kind in words
        confidence     text    low, medium or high
        because        text    why it is taken for a credential, in words
        name           text    the identifier it is bound to
        encoding       text    plain, base64, hex, url, utf-16 or joined
        public_example flag    whether it is an example of the exchange's documentation
        placeholder    flag    whether it stands for a value to be filled in
        encrypted      flag    whether it is an encrypted value
        exchange       text    binance.us, binance.com or unknown
        context        text    code, config, docs, test, notebook-output and the like
        digest         text    the SHA-256 of the secret
        pattern        text    the id of the policy's own pattern that found it
        removed        flag    whether no branch head holds it any more: it is in history alone
        rewriting      text    the command that takes all that was found out of history
    """),
    "key": _table("""
        id                           text    the id of the inventory entry, or what the block describes
        exchange                     text    binance.us or binance.com
        purpose                      text    what the key is for
        permissions                  texts   read, spot_trade, transfer, withdraw, key_admin, margin_futures
        created                      text    the day it was created
        age_days                     number  days since it was created
        last_used                    text    the day it was last used
        idle_days                    number  days since it was last used
        reviewed                     text    the day it was last reviewed
        reviewed_days                number  days since it was last reviewed
        ip_whitelist                 texts   the addresses and networks that may use it
        ip_widest_v4                 number  the shortest IPv4 prefix of the whitelist, in bits
        ip_widest_v6                 number  the shortest IPv6 prefix of the whitelist, in bits
        ip_has_private               flag    whether the whitelist holds private addresses
        withdrawal_address_whitelist flag    whether withdrawals go to approved addresses only
        two_factor                   text    authenticator, passkey, sms or none
        platforms                    texts   whom it is shared with
        platform_count               number  how many these are
        shared                       flag    whether the inventory lists the same key, or place, more than once
        owner                        text    who answers for it
        stored_in                    text    where it is kept, as env:NAME, file:PATH or vault:…
        declared                     flag    whether the inventory lists it
        code_needs                   texts   the permissions that the code reading it needs
        unused                       texts   the permissions granted that no code reading it needs
        ungranted                    texts   the permissions that code reading it needs and that are not granted
        in_use                       flag    whether code or config reads it
        missing                      texts   what the inventory entry leaves out
        evidence                     text    observed, declared or attested
        confidence                   text    low, medium or high
        context                      text    code, config, docs, test and the like
    """),
    "operation": _table("""
        permission text    read, spot_trade, transfer, withdraw, key_admin, margin_futures or key_only
        name       text    the call or path as written
        library    text    the client library, or REST
        exchange   text    binance.us, binance.com or unknown
        key_names  texts   the variables that the client's key is read from
        confidence text    low, medium or high
        context    text    code, docs, test, library (which offers the call to others) and the like
    """),
    "endpoint": _table("""
        scheme       text    https, http, wss or ws
        host         text    the host as written
        official     flag    whether the host belongs to the exchange
        lookalike    flag    whether the host imitates one of the exchange's
        internal     flag    whether the host is of one's own machine or network
        receives_key flag    whether a key travels to it
        tls_verified flag    whether the server's certificate is checked
        exchange     text    the exchange that the host belongs to
        key_exchange text    the exchange that the key is of
        library      text    the client library, or REST
        key_names    texts   the variables that the key is read from
        because      text    what shows it, in words
        confidence   text    low, medium or high
        context      text    code, config, docs, test and the like
    """),
    "exposure": _table("""
        channel    text    log, url, command-line, image-layer or exception
        name       text    the name of the key or secret
        because    text    what shows it, in words
        confidence text    low, medium or high
        context    text    code, config, docs, test and the like
    """),
    "dependency": _table("""
        ecosystem   text    pypi, npm, go, cargo, maven, nuget, packagist or rubygems
        name        text    the package's normalised name
        version     text    the version required or locked
        pinned      flag    whether one version is fixed, here or by the lock beside it
        locked      flag    whether it stands in a lock file
        status      text    official, unofficial, deprecated, lookalike or malicious
        outdated    flag    whether the version is below the floor of the catalogue
        floor       text    the least version that is in order
        replacement text    what to use instead
        advice      text    the replacement, in words
        resembles   text    the client that the name looks like
        because     text    the catalogue's reason, or what shows it, in words
        confidence  text    low, medium or high
        context     text    config, docs or test, by the folder
    """),
    "workflow": _table("""
        trigger        texts   the events that start it
        checks_out_fork flag   whether it checks out what a stranger proposes
        secret         text    the secret's name
        scope          text    workflow, job or step
        inherits       flag    whether it hands on every secret
        wider_than_needed flag whether steps get it that do not need it
        action         text    the action or reusable workflow that receives the secret
        action_pinned  flag    whether that is pinned by digest
        third_party    flag    whether somebody else wrote it
        because        text    what shows it, in words
        confidence     text    low, medium or high
    """),
    "file": _table("""
        path       text    the file's path
        role       text    secret-store, ignore-file or key-file
        tracked    flag    whether git tracks it
        ignored    flag    whether git ignores it
        secrets    number  how many of its values are literal secrets
        names      text    what these are bound to
        mode       text    its permissions in octal digits
        readable   flag    whether group or world may read it
        because    text    what shows it, in words
        confidence text    low, medium or high
        context    text    code, config, docs, test and the like
    """),
    "repository": _table("""
        uses_exchange        flag    whether its code or config uses the exchange
        update_automation    flag    whether Dependabot, Renovate or the like keeps it up to date
        dependencies         number  how many clients of the exchange it depends on
        ignores_secret_files flag    whether .gitignore names the files that secrets are kept in
        not_ignored          texts   those that it leaves out
        names                text    the same in words
    """),
    "waiver": _table("""
        rule     text    the rule it waives
        owner    text    who answers for it
        reason   text    why it was granted
        created  text    the day it was granted
        expires  text    the day it ends
        expired  flag    whether that day is past
        unused   flag    whether it waives nothing that was found
        too_long flag    whether it runs longer than vars.max_waiver_days
        days     number  how many days it runs
    """),
}
