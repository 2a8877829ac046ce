// KDSoap with stubs by kdwsdl2cpp from the literal WSDLs: driver URL TENANT
//
// Prints the core transcript and an outcome for every operation, as README.md beside this folder describes.

#include <QCoreApplication>
#include <QEventLoop>
#include <QStringList>
#include <QTextStream>

#include "customer.h"
#include "dns.h"
#include "enum.h"
#include "network.h"
#include "presence.h"
#include "rating.h"
#include "sip.h"
#include "voicemail.h"

using CustomerStubs::TNS__CustomerProperty;
using SipStubs::TNS__SipId;

struct Auth {
    QString username, password;
};
struct NoAuth {};

static QString url;
static QTextStream out(stdout);

// One call by one caller.
template <class Service, class Header> struct Call {
    Service service;

    Call(const QString &port, const Auth &auth) {
        service.setEndPoint(url + "/soap/" + port.toLower());
        sign(auth, static_cast<Header *>(nullptr));
    }

    void sign(const Auth &, NoAuth *) {}
    template <class H> void sign(const Auth &auth, H *) {
        H header;
        header.setUsername(auth.username);
        header.setPassword(auth.password);
        service.setAuthHeader(header);
    }

    // Runs a job to its end.
    template <class Job, class Request, class Then> QString then(const Request &request, Then read) {
        Job job(&service);
        job.setAutoDelete(false);
        job.setParameters(request);
        QEventLoop loop;
        QObject::connect(&job, &KDSoapJob::finished, &loop, &QEventLoop::quit);
        job.start();
        loop.exec();
        if (job.isFault()) return "fault " + code(job.reply());
        read(job);
        return "ok";
    }

    template <class Job, class Request> QString ended(const Request &request) {
        return then<Job>(request, [](Job &) {});
    }

    static QString code(const KDSoapMessage &fault) {
        const KDSoapValue exception = fault.childValues().child("detail").childValues().child("exception");
        const QString found = exception.childValues().child("errorcode").value().toString();
        return found.isEmpty() ? "without a code: " + fault.faultAsString() : found;
    }
};

using Customer = Call<CustomerStubs::NGNPro, CustomerStubs::TNS__Auth>;
using Sip = Call<SipStubs::NGNPro, SipStubs::TNS__Auth>;
using Dns = Call<DnsStubs::NGNPro, DnsStubs::TNS__Auth>;
using Voicemail = Call<VoicemailStubs::NGNPro, VoicemailStubs::TNS__Auth>;

static void report(const char *operation, const QString &outcome) {
    out << operation << " " << outcome << "\n";
}

static void must(const QString &outcome) {
    if (outcome == "ok") return;
    out.flush();
    qFatal("%s", qPrintable(outcome));
}

static QString refused(QString outcome) {
    return outcome.remove("fault ");
}

static QString yes(bool value) {
    return value ? "true" : "false";
}

template <class List> static QString pairs(const List &properties) {
    QStringList all;
    for (const auto &one : properties.item()) all << one.name() + ":" + one.value();
    return all.join(",");
}

static void show(const Auth &reseller, const TNS__SipId &alice) {
    SipStubs::TNS__GetAccount request;
    request.setSipId(alice);
    must(Sip("Sip", reseller).then<SipStubs::GetAccountJob>(request, [](SipStubs::GetAccountJob &job) {
        const auto read = job.resultParameters().return_();
        out << "= account " << read.id().username() << "@" << read.id().domain() << " | " << read.firstName() << " | "
            << read.timezone() << " | " << QStringList(read.groups().item()).join(",") << " | " << pairs(read.properties())
            << " | " << read.quota() << " " << read.callLimit() << " " << yes(read.prepaid()) << "\n";
    }));
}

static void accounts(const Auth &reseller, const TNS__SipId &alice) {
    SipStubs::TNS__Property language;
    language.setName("language");
    language.setValue("fr");
    SipStubs::TNS__PropertyArray properties;
    properties.setItem({language});
    SipStubs::TNS__StringArray groups;
    groups.setItem({"anonymous"});
    SipStubs::TNS__SipAccount account;
    account.setId(alice);
    account.setPassword("secret");
    account.setFirstName("Zoë");
    account.setGroups(groups);
    account.setProperties(properties);
    account.setTimezone("Europe/Paris");
    account.setQuota(0);
    account.setCallLimit(5);
    account.setPrepaid(false);
    SipStubs::TNS__AddAccount adding;
    adding.setAccount(account);
    must(Sip("Sip", reseller).ended<SipStubs::AddAccountJob>(adding));
    show(reseller, alice);
    out << "= again " << refused(Sip("Sip", reseller).ended<SipStubs::AddAccountJob>(adding)) << "\n";
    SipStubs::TNS__AddToGroup joining;
    joining.setSipId(alice);
    joining.setGroup("intercom");
    must(Sip("Sip", reseller).ended<SipStubs::AddToGroupJob>(joining));
    SipStubs::TNS__GetGroups asking;
    asking.setSipId(alice);
    must(Sip("Sip", reseller).then<SipStubs::GetGroupsJob>(asking, [](SipStubs::GetGroupsJob &job) {
        out << "= groups " << QStringList(job.resultParameters().return_().item()).join(",") << "\n";
    }));
    account.setFirstName("Zoé");
    account.setGroups(SipStubs::TNS__StringArray());
    SipStubs::TNS__UpdateAccount updating;
    updating.setAccount(account);
    must(Sip("Sip", reseller).ended<SipStubs::UpdateAccountJob>(updating));
    show(reseller, alice);
}

static void lists(const Auth &reseller, const TNS__SipId &alice, const TNS__SipId &aka) {
    SipStubs::TNS__SipAlias alias;
    alias.setId(aka);
    alias.setTarget(alice);
    SipStubs::TNS__AddAlias adding;
    adding.setAlias(alias);
    must(Sip("Sip", reseller).ended<SipStubs::AddAliasJob>(adding));
    SipStubs::TNS__AliasFilter target;
    target.setTargetUsername("alice");
    SipStubs::TNS__AliasQuery aliases;
    aliases.setFilter(target);
    SipStubs::TNS__GetAliases asking;
    asking.setQuery(aliases);
    must(Sip("Sip", reseller).then<SipStubs::GetAliasesJob>(asking, [](SipStubs::GetAliasesJob &job) {
        const auto found = job.resultParameters().return_();
        out << "= aliases " << found.total() << " " << found.aliases().item().at(0).id().username() << "\n";
    }));
    SipStubs::TNS__SipFilter filter;
    filter.setDomain(alice.domain());
    SipStubs::TNS__SipOrder order;
    order.setAttribute(SipStubs::TNS__SipOrderAttribute::Username);
    order.setDirection(SipStubs::TNS__OrderDirection::ASC);
    SipStubs::TNS__Range range;
    range.setStart(0);
    range.setCount(10);
    SipStubs::TNS__SipQuery query;
    query.setFilter(filter);
    query.setOrderBy(order);
    query.setRange(range);
    SipStubs::TNS__GetAccounts listing;
    listing.setQuery(query);
    must(Sip("Sip", reseller).then<SipStubs::GetAccountsJob>(listing, [](SipStubs::GetAccountsJob &job) {
        const auto found = job.resultParameters().return_();
        out << "= accounts " << found.total() << " " << found.accounts().item().at(0).id().username() << "\n";
    }));
}

static void others(const Auth &reseller, const QString &domain) {
    VoicemailStubs::TNS__SipId owner;
    owner.setUsername("alice");
    owner.setDomain(domain);
    VoicemailStubs::TNS__VoicemailAccount box;
    box.setSipId(owner);
    box.setName("Alice");
    box.setEmail("alice@" + domain);
    VoicemailStubs::TNS__AddAccount adding;
    adding.setAccount(box);
    must(Voicemail("Voicemail", reseller).then<VoicemailStubs::AddAccountJob>(adding, [](VoicemailStubs::AddAccountJob &job) {
        out << "= mailbox " << yes(QVariant(job.resultParameters().return_().mailbox()).toLongLong() >= 1000000) << "\n";
    }));
    DnsStubs::TNS__StringArray servers;
    servers.setItem({"ns1." + domain, "ns2." + domain});
    DnsStubs::TNS__DnsZone zone;
    zone.setName(domain);
    zone.setEmail("dns@" + domain);
    zone.setNameservers(servers);
    // Members that are not set are sent as 0: these four must be more.
    zone.setTtl(3600);
    zone.setRefresh(14400);
    zone.setRetry(3600);
    zone.setExpire(604800);
    zone.setMinimum(3600);
    DnsStubs::TNS__AddZone request;
    request.setZone(zone);
    must(Dns("Dns", reseller).then<DnsStubs::AddZoneJob>(request, [](DnsStubs::AddZoneJob &job) {
        out << "= zone " << QStringList(job.resultParameters().return_().nameservers().item()).join(",") << "\n";
    }));
}

static void life(const Auth &administrator, const Auth &reseller) {
    const QString domain = reseller.username + ".example";
    TNS__SipId alice, aka;
    alice.setUsername("alice");
    alice.setDomain(domain);
    aka.setUsername("aka");
    aka.setDomain(domain);
    TNS__CustomerProperty credit;
    credit.setName("sip_credit");
    credit.setValue("100");
    credit.setCategory("credit");
    credit.setPermission(QString("admin"));
    CustomerStubs::TNS__CustomerPropertyArray properties;
    properties.setItem({credit});
    CustomerStubs::TNS__CustomerAccount customer;
    customer.setUsername(reseller.username);
    customer.setPassword(reseller.password);
    customer.setOrganization("Žluť & <kůň> \"日本\"");
    customer.setResellerActive(true);
    customer.setProperties(properties);
    CustomerStubs::TNS__AddAccount adding;
    adding.setAccount(customer);
    must(Customer("Customer", administrator).then<CustomerStubs::AddAccountJob>(adding, [](CustomerStubs::AddAccountJob &job) {
        const auto row = job.resultParameters().return_();
        out << "= reseller " << row.username() << " | " << row.organization() << " | " << yes(row.resellerActive()) << " | "
            << pairs(row.properties()) << "\n";
    }));
    CustomerStubs::TNS__CustomerFilter filter;
    filter.setUsername(reseller.username);
    CustomerStubs::TNS__CustomerQuery query;
    query.setFilter(filter);
    CustomerStubs::TNS__GetCustomers asking;
    asking.setQuery(query);
    must(Customer("Customer", administrator).then<CustomerStubs::GetCustomersJob>(asking, [](CustomerStubs::GetCustomersJob &job) {
        const auto found = job.resultParameters().return_();
        out << "= customers " << found.total() << " " << found.accounts().item().at(0).username() << "\n";
    }));
    SipStubs::TNS__SipDomain sip_domain;
    sip_domain.setDomain(domain);
    SipStubs::TNS__AddDomain opening;
    opening.setDomain(sip_domain);
    must(Sip("Sip", reseller).then<SipStubs::AddDomainJob>(opening, [](SipStubs::AddDomainJob &job) {
        out << "= domain " << job.resultParameters().return_().domain() << "\n";
    }));
    accounts(reseller, alice);
    lists(reseller, alice, aka);
    others(reseller, domain);
    SipStubs::TNS__DeleteAlias forgetting;
    forgetting.setId(aka);
    must(Sip("Sip", reseller).ended<SipStubs::DeleteAliasJob>(forgetting));
    SipStubs::TNS__DeleteAccount deleting;
    deleting.setSipId(alice);
    must(Sip("Sip", reseller).ended<SipStubs::DeleteAccountJob>(deleting));
    SipStubs::TNS__GetAccount last;
    last.setSipId(alice);
    out << "= gone " << refused(Sip("Sip", reseller).ended<SipStubs::GetAccountJob>(last)) << "\n";
    const Auth stranger{reseller.username, "no"};
    out << "= stranger " << refused(Sip("Sip", stranger).ended<SipStubs::GetAccountJob>(last)) << "\n";
}

int main(int count, char **arguments) {
    QCoreApplication application(count, arguments);
    out.setCodec("UTF-8");
    url = arguments[1];
    const Auth administrator{qEnvironmentVariable("NGNPRO_USERNAME"), qEnvironmentVariable("NGNPRO_PASSWORD")};
    life(administrator, Auth{arguments[2], "interop's"});
#include "walk.inc"
    return 0;
}
