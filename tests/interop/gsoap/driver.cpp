// gSOAP with C++ proxies, made by wsdl2h and soapcpp2 from the literal WSDLs: driver URL TENANT
//
// Prints the core transcript and an outcome for every operation, as README.md beside this folder describes. wsdl2h numbers the
// namespaces in the order of the documents: customer 1, dns 2, enum 3, network 4, presence 5, rating 6, sip 7, voicemail 8.

#include <cstdlib>
#include <iostream>
#include <map>
#include <string>
#include <vector>

#include "soapCustomerBindingProxy.h"
#include "soapDnsBindingProxy.h"
#include "soapEnumBindingProxy.h"
#include "soapNetworkBindingProxy.h"
#include "soapPresenceBindingProxy.h"
#include "soapRatingBindingProxy.h"
#include "soapSipBindingProxy.h"
#include "soapVoicemailBindingProxy.h"

#include "CustomerBinding.nsmap"

using std::string;

struct Auth {
    string username, password;
};

static string url;

static string endpoint(const string &class_name) {
    static const std::map<string, string> paths = {
        {"Customer", "customer"}, {"Dns", "dns"}, {"Enum", "enum"}, {"Network", "network"},
        {"Presence", "presence"}, {"Rating", "rating"}, {"Sip", "sip"}, {"Voicemail", "voicemail"}};
    return url + "/soap/" + paths.at(class_name);
}

template <class Proxy> struct Port;
template <> struct Port<CustomerBindingProxy> { static constexpr const char *name = "Customer"; };
template <> struct Port<DnsBindingProxy> { static constexpr const char *name = "Dns"; };
template <> struct Port<EnumBindingProxy> { static constexpr const char *name = "Enum"; };
template <> struct Port<NetworkBindingProxy> { static constexpr const char *name = "Network"; };
template <> struct Port<PresenceBindingProxy> { static constexpr const char *name = "Presence"; };
template <> struct Port<RatingBindingProxy> { static constexpr const char *name = "Rating"; };
template <> struct Port<SipBindingProxy> { static constexpr const char *name = "Sip"; };
template <> struct Port<VoicemailBindingProxy> { static constexpr const char *name = "Voicemail"; };

// One call by one caller; what it made lives as long as it does.
template <class Proxy> struct Call {
    struct soap *soap = soap_new1(SOAP_C_UTFSTRING);
    Proxy proxy{soap};
    string address = endpoint(Port<Proxy>::name);

    explicit Call(const Auth &auth) {
        proxy.soap_endpoint = address.c_str();
        const string port = Port<Proxy>::name;
        if (port == "Presence") return;
        auto made = [&](auto *none) {
            typedef typename std::remove_pointer<decltype(none)>::type T;
            T *header = new T();
            header->username = auth.username;
            header->password = auth.password;
            return header;
        };
        proxy.soap_header(port == "Customer" ? made((ns1__Auth *)0) : nullptr, port == "Dns" ? made((ns2__Auth *)0) : nullptr,
                          port == "Enum" ? made((ns3__Auth *)0) : nullptr, port == "Network" ? made((ns4__Auth *)0) : nullptr,
                          port == "Rating" ? made((ns6__Auth *)0) : nullptr, port == "Sip" ? made((ns7__Auth *)0) : nullptr,
                          port == "Voicemail" ? made((ns8__Auth *)0) : nullptr);
    }

    string code() {
        SOAP_ENV__Detail *detail = soap->fault ? soap->fault->detail : nullptr;
        if (detail) {
            if (detail->ns1__exception) return std::to_string(detail->ns1__exception->errorcode);
            if (detail->ns2__exception) return std::to_string(detail->ns2__exception->errorcode);
            if (detail->ns3__exception) return std::to_string(detail->ns3__exception->errorcode);
            if (detail->ns4__exception) return std::to_string(detail->ns4__exception->errorcode);
            if (detail->ns5__exception) return std::to_string(detail->ns5__exception->errorcode);
            if (detail->ns6__exception) return std::to_string(detail->ns6__exception->errorcode);
            if (detail->ns7__exception) return std::to_string(detail->ns7__exception->errorcode);
            if (detail->ns8__exception) return std::to_string(detail->ns8__exception->errorcode);
        }
        const char **words = soap_faultstring(soap);
        return "without a code: " + string(words && *words ? *words : "nothing");
    }

    void must(const char *operation, int status) {
        if (status == SOAP_OK) return;
        std::cerr << operation << ": " << code() << "\n";
        std::exit(1);
    }

    string refused(int status) { return status == SOAP_OK ? "none" : code(); }

    void report(const char *operation, int status) {
        std::cout << operation << (status == SOAP_OK ? " ok" : " fault " + code()) << "\n";
    }
};

// The generated members are pointers where a value may be null.
template <class T> static T *own(T value) { return new T(value); }
template <class T> static string text(const T *value) { return value ? std::to_string(*value) : "null"; }
static string text(const string *value) { return value ? *value : "null"; }
static string yes(bool value) { return value ? "true" : "false"; }

static string joined(const std::vector<string> &items) {
    string all;
    for (const string &item : items) all += (all.empty() ? "" : ",") + item;
    return all;
}

template <class Properties> static string pairs(const Properties *properties) {
    std::vector<string> all;
    for (auto *one : properties->item) all.push_back(one->name + ":" + text(one->value));
    return joined(all);
}

static ns7__SipId *id(const string &username, const string &domain) {
    ns7__SipId *made = new ns7__SipId();
    made->username = username;
    made->domain = domain;
    return made;
}

static void show(const Auth &reseller, ns7__SipId *alice) {
    Call<SipBindingProxy> call(reseller);
    _ns7__getAccount request;
    _ns7__getAccountResponse response;
    request.sipId = alice;
    call.must("Sip.getAccount", call.proxy.getAccount(&request, response));
    ns7__SipAccount &read = *response.return_;
    std::cout << "= account " << read.id->username << "@" << read.id->domain << " | " << text(read.firstName) << " | "
              << text(read.timezone) << " | " << joined(read.groups->item) << " | " << pairs(read.properties) << " | "
              << text(read.quota) << " " << text(read.callLimit) << " " << yes(*read.prepaid) << "\n";
}

static void life(const Auth &administrator, const Auth &reseller, const string &tenant) {
    const string domain = tenant + ".example";
    ns7__SipId *alice = id("alice", domain), *aka = id("aka", domain);
    {
        Call<CustomerBindingProxy> call(administrator);
        _ns1__addAccount request;
        _ns1__addAccountResponse response;
        ns1__CustomerProperty *credit = new ns1__CustomerProperty();
        credit->name = "sip_credit";
        credit->value = own<string>("100");
        credit->category = own<string>("credit");
        credit->permission = own<string>("admin");
        request.account = new ns1__CustomerAccount();
        request.account->username = own(reseller.username);
        request.account->password = own(reseller.password);
        request.account->organization = own<string>("Žluť & <kůň> \"日本\"");
        request.account->resellerActive = own(true);
        request.account->properties = new ns1__CustomerPropertyArray();
        request.account->properties->item.push_back(credit);
        call.must("Customer.addAccount", call.proxy.addAccount(&request, response));
        ns1__CustomerAccount &row = *response.return_;
        std::cout << "= reseller " << text(row.username) << " | " << text(row.organization) << " | " << yes(*row.resellerActive)
                  << " | " << pairs(row.properties) << "\n";
    }
    {
        Call<CustomerBindingProxy> call(administrator);
        _ns1__getCustomers request;
        _ns1__getCustomersResponse response;
        request.query = new ns1__CustomerQuery();
        request.query->filter = new ns1__CustomerFilter();
        request.query->filter->username = own(tenant);
        call.must("Customer.getCustomers", call.proxy.getCustomers(&request, response));
        std::cout << "= customers " << response.return_->total << " " << text(response.return_->accounts->item[0]->username) << "\n";
    }
    {
        Call<SipBindingProxy> call(reseller);
        _ns7__addDomain request;
        _ns7__addDomainResponse response;
        request.domain = new ns7__SipDomain();
        request.domain->domain = domain;
        call.must("Sip.addDomain", call.proxy.addDomain(&request, response));
        std::cout << "= domain " << response.return_->domain << "\n";
    }
    ns7__SipAccount *account = new ns7__SipAccount();
    ns7__Property *language = new ns7__Property();
    language->name = "language";
    language->value = own<string>("fr");
    account->id = alice;
    account->password = own<string>("secret");
    account->firstName = own<string>("Zoë");
    account->groups = new ns7__StringArray();
    account->groups->item.push_back("anonymous");
    account->properties = new ns7__PropertyArray();
    account->properties->item.push_back(language);
    account->timezone = own<string>("Europe/Paris");
    account->quota = own(0);
    account->callLimit = own(5);
    account->prepaid = own(false);
    _ns7__addAccount adding;
    adding.account = account;
    {
        Call<SipBindingProxy> call(reseller);
        _ns7__addAccountResponse response;
        call.must("Sip.addAccount", call.proxy.addAccount(&adding, response));
    }
    show(reseller, alice);
    {
        Call<SipBindingProxy> call(reseller);
        _ns7__addAccountResponse response;
        std::cout << "= again " << call.refused(call.proxy.addAccount(&adding, response)) << "\n";
    }
    {
        Call<SipBindingProxy> call(reseller);
        _ns7__addToGroup request;
        _ns7__addToGroupResponse response;
        request.sipId = alice;
        request.group = "intercom";
        call.must("Sip.addToGroup", call.proxy.addToGroup(&request, response));
        _ns7__getGroups asking;
        _ns7__getGroupsResponse groups;
        asking.sipId = alice;
        Call<SipBindingProxy> again(reseller);
        again.must("Sip.getGroups", again.proxy.getGroups(&asking, groups));
        std::cout << "= groups " << joined(groups.return_->item) << "\n";
    }
    {
        Call<SipBindingProxy> call(reseller);
        _ns7__updateAccount request;
        _ns7__updateAccountResponse response;
        account->firstName = own<string>("Zoé");
        account->groups->item.clear();
        request.account = account;
        call.must("Sip.updateAccount", call.proxy.updateAccount(&request, response));
    }
    show(reseller, alice);
    {
        Call<SipBindingProxy> call(reseller);
        _ns7__addAlias request;
        _ns7__addAliasResponse response;
        request.alias = new ns7__SipAlias();
        request.alias->id = aka;
        request.alias->target = alice;
        call.must("Sip.addAlias", call.proxy.addAlias(&request, response));
        _ns7__getAliases asking;
        _ns7__getAliasesResponse found;
        asking.query = new ns7__AliasQuery();
        asking.query->filter = new ns7__AliasFilter();
        asking.query->filter->targetUsername = own<string>("alice");
        Call<SipBindingProxy> again(reseller);
        again.must("Sip.getAliases", again.proxy.getAliases(&asking, found));
        std::cout << "= aliases " << found.return_->total << " " << found.return_->aliases->item[0]->id->username << "\n";
    }
    {
        Call<SipBindingProxy> call(reseller);
        _ns7__getAccounts request;
        _ns7__getAccountsResponse found;
        request.query = new ns7__SipQuery();
        request.query->filter = new ns7__SipFilter();
        request.query->filter->domain = own(domain);
        request.query->orderBy = new ns7__SipOrder();
        request.query->orderBy->attribute = own(ns7__SipOrderAttribute__username);
        request.query->orderBy->direction = own(ns7__OrderDirection__ASC);
        request.query->range = new ns7__Range();
        request.query->range->start = own(0);
        request.query->range->count = own(10);
        call.must("Sip.getAccounts", call.proxy.getAccounts(&request, found));
        std::cout << "= accounts " << found.return_->total << " " << found.return_->accounts->item[0]->id->username << "\n";
    }
    {
        Call<VoicemailBindingProxy> call(reseller);
        _ns8__addAccount request;
        _ns8__addAccountResponse response;
        request.account = new ns8__VoicemailAccount();
        request.account->sipId = new ns8__SipId();
        request.account->sipId->username = "alice";
        request.account->sipId->domain = domain;
        request.account->name = own<string>("Alice");
        request.account->email = own("alice@" + domain);
        call.must("Voicemail.addAccount", call.proxy.addAccount(&request, response));
        std::cout << "= mailbox " << yes(std::stol(text(response.return_->mailbox)) >= 1000000) << "\n";
    }
    {
        Call<DnsBindingProxy> call(reseller);
        _ns2__addZone request;
        _ns2__addZoneResponse response;
        request.zone = new ns2__DnsZone();
        request.zone->name = domain;
        request.zone->email = own("dns@" + domain);
        request.zone->nameservers = new ns2__StringArray();
        request.zone->nameservers->item = {"ns1." + domain, "ns2." + domain};
        call.must("Dns.addZone", call.proxy.addZone(&request, response));
        std::cout << "= zone " << joined(response.return_->nameservers->item) << "\n";
    }
    {
        Call<SipBindingProxy> call(reseller);
        _ns7__deleteAlias request;
        _ns7__deleteAliasResponse response;
        request.id = aka;
        call.must("Sip.deleteAlias", call.proxy.deleteAlias(&request, response));
        Call<SipBindingProxy> again(reseller);
        _ns7__deleteAccount deleting;
        _ns7__deleteAccountResponse deleted;
        deleting.sipId = alice;
        again.must("Sip.deleteAccount", again.proxy.deleteAccount(&deleting, deleted));
    }
    _ns7__getAccount asking;
    asking.sipId = alice;
    Call<SipBindingProxy> gone(reseller), stranger(Auth{tenant, "no"});
    _ns7__getAccountResponse nothing;
    std::cout << "= gone " << gone.refused(gone.proxy.getAccount(&asking, nothing)) << "\n";
    std::cout << "= stranger " << stranger.refused(stranger.proxy.getAccount(&asking, nothing)) << "\n";
}

int main(int, char **arguments) {
    url = arguments[1];
    const Auth administrator{std::getenv("NGNPRO_USERNAME"), std::getenv("NGNPRO_PASSWORD")};
    life(administrator, Auth{arguments[2], "interop's"}, arguments[2]);
#include "walk.inc"
}
