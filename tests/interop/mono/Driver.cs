// Mono's wsdl.exe stubs, made from the literal WSDLs: driver.exe URL TENANT
//
// Stubs are used through reflection: plain dictionaries and lists become their classes.
// Prints the core transcript and an outcome for every operation, as README.md beside this folder describes.

using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using System.Text;
using System.Web.Services.Protocols;
using System.Xml;
using Map = System.Collections.Generic.Dictionary<string, object>;

static class Driver
{
    static readonly string[] Ports = { "Customer", "Sip", "Dns", "Enum", "Voicemail", "Rating", "Network", "Presence" };
    static string url, tenant, domain;

    static int Main(string[] arguments)
    {
        Console.OutputEncoding = new UTF8Encoding(false);
        url = arguments[0];
        tenant = arguments[1];
        domain = tenant + ".example";
        var administrator = new Map {
            { "username", Environment.GetEnvironmentVariable("NGNPRO_USERNAME") },
            { "password", Environment.GetEnvironmentVariable("NGNPRO_PASSWORD") },
        };
        Life(administrator);
        foreach (var port in Ports) {
            foreach (var method in Operations(port)) {
                var outcome = "ok";
                try {
                    Invoke(port, method, method.GetParameters().Select(one => Sample(one.ParameterType)), administrator);
                } catch (SoapException fault) {
                    outcome = "fault " + Code(fault);
                }
                Console.WriteLine("{0}.{1} {2}", port, method.Name, outcome);
            }
        }
        return 0;
    }

    static void Life(Map administrator)
    {
        var reseller = new Map { { "username", tenant }, { "password", "interop's" } };
        var alice = new Map { { "username", "alice" }, { "domain", domain } };
        var aka = new Map { { "username", "aka" }, { "domain", domain } };
        var credit = new Map { { "name", "sip_credit" }, { "value", "100" }, { "category", "credit" }, { "permission", "admin" } };
        var customer = new Map(reseller) {
            { "organization", "Žluť & <kůň> \"日本\"" }, { "resellerActive", true }, { "properties", new[] { credit } },
        };
        dynamic row = Call("Customer.addAccount", administrator, customer);
        Say("reseller", row.username, "|", row.organization, "|", Yes(row.resellerActive), "|", Pairs(row.properties));
        dynamic found = Call("Customer.getCustomers", administrator, new Map { { "filter", new Map { { "username", tenant } } } });
        Say("customers", found.total, found.accounts[0].username);
        Say("domain", Call("Sip.addDomain", reseller, new Map { { "domain", domain } }).domain);
        var account = new Map {
            { "id", alice }, { "password", "secret" }, { "firstName", "Zoë" }, { "groups", new[] { "anonymous" } },
            { "properties", new[] { new Map { { "name", "language" }, { "value", "fr" } } } }, { "timezone", "Europe/Paris" },
            { "quota", 0 }, { "callLimit", 5 }, { "prepaid", false },
        };
        Call("Sip.addAccount", reseller, account);
        Show(Call("Sip.getAccount", reseller, alice));
        Say("again", Refused("Sip.addAccount", reseller, account));
        Call("Sip.addToGroup", reseller, alice, "intercom");
        Say("groups", string.Join(",", Call("Sip.getGroups", reseller, alice)));
        account["firstName"] = "Zoé";
        account["groups"] = new string[0];
        Call("Sip.updateAccount", reseller, account);
        Show(Call("Sip.getAccount", reseller, alice));
        Call("Sip.addAlias", reseller, new Map { { "id", aka }, { "target", alice } });
        found = Call("Sip.getAliases", reseller, new Map { { "filter", new Map { { "targetUsername", "alice" } } } });
        Say("aliases", found.total, found.aliases[0].id.username);
        found = Call("Sip.getAccounts", reseller, new Map {
            { "filter", new Map { { "domain", domain } } },
            { "orderBy", new Map { { "attribute", "username" }, { "direction", "ASC" } } },
            { "range", new Map { { "start", 0 }, { "count", 10 } } },
        });
        Say("accounts", found.total, found.accounts[0].id.username);
        dynamic box = Call("Voicemail.addAccount", reseller,
            new Map { { "sipId", alice }, { "name", "Alice" }, { "email", "alice@" + domain } });
        Say("mailbox", Yes(long.Parse(Convert.ToString(box.mailbox)) >= 1000000));
        dynamic zone = Call("Dns.addZone", reseller, new Map {
            { "name", domain }, { "email", "dns@" + domain }, { "nameservers", new[] { "ns1." + domain, "ns2." + domain } },
        });
        Say("zone", string.Join(",", zone.nameservers));
        Call("Sip.deleteAlias", reseller, aka);
        Call("Sip.deleteAccount", reseller, alice);
        Say("gone", Refused("Sip.getAccount", reseller, alice));
        Say("stranger", Refused("Sip.getAccount", new Map { { "username", tenant }, { "password", "no" } }, alice));
    }

    static void Show(dynamic account)
    {
        Say("account", account.id.username + "@" + account.id.domain, "|", account.firstName, "|", account.timezone, "|",
            string.Join(",", account.groups), "|", Pairs(account.properties), "|", account.quota, account.callLimit, Yes(account.prepaid));
    }

    static void Say(params object[] words)
    {
        Console.WriteLine("= " + string.Join(" ", words));
    }

    static string Yes(bool value)
    {
        return value ? "true" : "false";
    }

    static string Pairs(IEnumerable properties)
    {
        return string.Join(",", properties.Cast<dynamic>().Select(one => one.name + ":" + one.value));
    }

    static string Refused(string operation, Map auth, params object[] arguments)
    {
        try {
            Call(operation, auth, arguments);
        } catch (SoapException fault) {
            return Code(fault);
        }
        return "none";
    }

    static string Code(SoapException fault)
    {
        var code = fault.Detail == null ? null : fault.Detail.SelectSingleNode("*[local-name()='exception']/*[local-name()='errorcode']");
        return code == null ? "without a code: " + fault.Message : code.InnerText;
    }

    static dynamic Call(string operation, Map auth, params object[] arguments)
    {
        var parts = operation.Split('.');
        return Invoke(parts[0], Operations(parts[0]).Single(one => one.Name == parts[1]), arguments, auth);
    }

    static object Invoke(string port, MethodInfo method, IEnumerable<object> arguments, Map auth)
    {
        var stub = (SoapHttpClientProtocol) Activator.CreateInstance(method.DeclaringType);
        stub.Url = url + "/soap/" + port.ToLower();
        var header = method.DeclaringType.GetProperty("auth");
        if (header != null) {
            header.SetValue(stub, Made(header.PropertyType, auth), null);
        }
        var values = method.GetParameters().Zip(arguments, (one, value) => Made(one.ParameterType, value)).ToArray();
        try {
            return method.Invoke(stub, values);
        } catch (TargetInvocationException raised) {
            throw raised.InnerException;
        }
    }

    /// The synchronous methods that wsdl.exe made for a port's operations.
    static IEnumerable<MethodInfo> Operations(string port)
    {
        var stub = Type.GetType(port + "Stubs.NGNPro");
        return stub.GetMethods().Where(one => one.IsDefined(typeof(SoapDocumentMethodAttribute), false));
    }

    /// Plain data as a stub's type wants it.
    static object Made(Type type, object value)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (value == null || type.IsInstanceOfType(value)) {
            return value;
        }
        if (type.IsEnum) {
            return Enum.Parse(type, (string) value);
        }
        if (type.IsArray) {
            var items = ((IEnumerable) value).Cast<object>().Select(item => Made(type.GetElementType(), item)).ToArray();
            var array = Array.CreateInstance(type.GetElementType(), items.Length);
            items.CopyTo(array, 0);
            return array;
        }
        var members = value as Map;
        if (members == null) {
            return Convert.ChangeType(value, type);
        }
        var made = Activator.CreateInstance(type);
        foreach (var member in members) {
            var property = type.GetProperty(member.Key);
            property.SetValue(made, Made(property.PropertyType, member.Value), null);
        }
        return made;
    }

    /// A value of a type, with all its members.
    static object Sample(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(string)) {
            return "sample";
        }
        if (type == typeof(byte[])) {
            return Encoding.UTF8.GetBytes("sample");
        }
        if (type.IsEnum) {
            return Enum.GetValues(type).GetValue(0);
        }
        if (type.IsPrimitive) {
            return type == typeof(bool) ? true : Convert.ChangeType(4242, type);
        }
        if (type.IsArray) {
            return new[] { Sample(type.GetElementType()) };
        }
        return type.GetProperties().Where(one => one.DeclaringType == type).ToDictionary(one => one.Name, one => Sample(one.PropertyType));
    }
}
