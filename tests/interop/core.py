"""What both Python toolkits are asked to do; README.md beside this file describes the lines that are printed.

A toolkit is an object with ``call(operation, arguments, auth)``, ``listed(array)``, ``items(list)``, ``code(error)``, ``Refused``
(its exception) and ``walk(auth)``, which calls every operation that the WSDLs describe and yields name and outcome.
"""

import os


def run(toolkit, tenant):
    administrator = {"username": os.environ["NGNPRO_USERNAME"], "password": os.environ["NGNPRO_PASSWORD"]}
    core(toolkit, administrator, tenant)
    for name, outcome in toolkit.walk(administrator):
        print(name, outcome)


def outcome(toolkit, call):
    try:
        call()
    except toolkit.Refused as error:
        return f"fault {toolkit.code(error)}"
    return "ok"


def core(toolkit, administrator, tenant):
    call, items, listed, domain = toolkit.call, toolkit.items, toolkit.listed, f"{tenant}.example"
    reseller = {"username": tenant, "password": "interop's"}
    alice, aka = {"username": "alice", "domain": domain}, {"username": "aka", "domain": domain}
    credit = {"name": "sip_credit", "value": "100", "category": "credit", "permission": "admin"}
    row = call(
        "Customer.addAccount",
        {"account": {**reseller, "organization": 'Žluť & <kůň> "日本"', "resellerActive": True, "properties": items([credit])}},
        administrator,
    )
    print("= reseller", row.username, "|", row.organization, "|", yes(row.resellerActive), "|", pairs(listed(row.properties)))
    found = call("Customer.getCustomers", {"query": {"filter": {"username": tenant}}}, administrator)
    print("= customers", found.total, listed(found.accounts)[0].username)
    print("= domain", call("Sip.addDomain", {"domain": {"domain": domain}}, reseller).domain)
    account = {
        "id": alice,
        "password": "secret",
        "firstName": "Zoë",
        "groups": items(["anonymous"]),
        "properties": items([{"name": "language", "value": "fr"}]),
        "timezone": "Europe/Paris",
        "quota": 0,
        "callLimit": 5,
        "prepaid": False,
    }
    call("Sip.addAccount", {"account": account}, reseller)
    show(listed, call("Sip.getAccount", {"sipId": alice}, reseller))
    print("= again", outcome(toolkit, lambda: call("Sip.addAccount", {"account": account}, reseller)).removeprefix("fault "))
    call("Sip.addToGroup", {"sipId": alice, "group": "intercom"}, reseller)
    print("= groups", ",".join(listed(call("Sip.getGroups", {"sipId": alice}, reseller))))
    call("Sip.updateAccount", {"account": {**account, "firstName": "Zoé", "groups": items([])}}, reseller)
    show(listed, call("Sip.getAccount", {"sipId": alice}, reseller))
    call("Sip.addAlias", {"alias": {"id": aka, "target": alice}}, reseller)
    aliases = call("Sip.getAliases", {"query": {"filter": {"targetUsername": "alice"}}}, reseller)
    print("= aliases", aliases.total, listed(aliases.aliases)[0].id.username)
    by_name, first = {"attribute": "username", "direction": "ASC"}, {"start": 0, "count": 10}
    query = {"filter": {"domain": domain}, "orderBy": by_name, "range": first}
    found = call("Sip.getAccounts", {"query": query}, reseller)
    print("= accounts", found.total, listed(found.accounts)[0].id.username)
    box = {"sipId": alice, "name": "Alice", "email": f"alice@{domain}"}
    print("= mailbox", yes(int(call("Voicemail.addAccount", {"account": box}, reseller).mailbox) >= 1000000))
    zone = {"name": domain, "email": f"dns@{domain}", "nameservers": items([f"ns1.{domain}", f"ns2.{domain}"])}
    print("= zone", ",".join(listed(call("Dns.addZone", {"zone": zone}, reseller).nameservers)))
    call("Sip.deleteAlias", {"id": aka}, reseller)
    call("Sip.deleteAccount", {"sipId": alice}, reseller)
    print("= gone", outcome(toolkit, lambda: call("Sip.getAccount", {"sipId": alice}, reseller)).removeprefix("fault "))
    stranger = {**reseller, "password": "no"}
    print("= stranger", outcome(toolkit, lambda: call("Sip.getAccount", {"sipId": alice}, stranger)).removeprefix("fault "))


def show(listed, account):
    numbers = f"{account.quota} {account.callLimit} {yes(account.prepaid)}"
    groups = ",".join(listed(account.groups))
    name = f"{account.id.username}@{account.id.domain} | {account.firstName} | {account.timezone}"
    print("= account", name, "|", groups, "|", pairs(listed(account.properties)), "|", numbers)


def pairs(properties):
    return ",".join(f"{one.name}:{one.value}" for one in properties)


def yes(value):
    return str(value).lower()


PORTS = ("Customer", "Sip", "Dns", "Enum", "Voicemail", "Rating", "Network", "Presence")
