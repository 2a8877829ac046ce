import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A tenant's life, as README.md describes it. */
final class Life {
    private final Toolkit toolkit;
    private final String tenant;
    private final String domain;
    private final Map<String, Object> administrator;
    private final Map<String, Object> reseller;

    private Life(Toolkit toolkit, String tenant) {
        this.toolkit = toolkit;
        this.tenant = tenant;
        domain = tenant + ".example";
        administrator = map("username", System.getenv("NGNPRO_USERNAME"), "password", System.getenv("NGNPRO_PASSWORD"));
        reseller = map("username", tenant, "password", "interop's");
    }

    static void run(Toolkit toolkit, String tenant) throws Throwable {
        System.setOut(new PrintStream(System.out, true, "UTF-8"));
        Life life = new Life(toolkit, tenant);
        life.lived();
        toolkit.walk(life.administrator);
    }

    private void lived() throws Throwable {
        Map<String, Object> alice = map("username", "alice", "domain", domain);
        Map<String, Object> aka = map("username", "aka", "domain", domain);
        var credit = map("name", "sip_credit", "value", "100", "category", "credit", "permission", "admin");
        Map<String, Object> customer = new LinkedHashMap<>(reseller);
        customer.putAll(map("organization", "Žluť & <kůň> \"日本\"", "resellerActive", true, "properties", List.of(credit)));
        Object row = toolkit.call("Customer.addAccount", map("account", customer), administrator);
        say("reseller", text(row, "username"), "|", text(row, "organization"), "|", text(row, "resellerActive"), "|",
                pairs(Toolkit.read(row, "properties")));
        Object found = toolkit.call("Customer.getCustomers", map("query", map("filter", map("username", tenant))), administrator);
        say("customers", text(found, "total"), text(first(found, "accounts"), "username"));
        say("domain", text(toolkit.call("Sip.addDomain", map("domain", map("domain", domain)), reseller), "domain"));
        Map<String, Object> account = map("id", alice, "password", "secret", "firstName", "Zoë", "groups", List.of("anonymous"),
                "properties", List.of(map("name", "language", "value", "fr")), "timezone", "Europe/Paris", "quota", 0,
                "callLimit", 5, "prepaid", false);
        toolkit.call("Sip.addAccount", map("account", account), reseller);
        show(toolkit.call("Sip.getAccount", map("sipId", alice), reseller));
        say("again", refused("Sip.addAccount", map("account", account), reseller));
        toolkit.call("Sip.addToGroup", map("sipId", alice, "group", "intercom"), reseller);
        say("groups", joined(toolkit.call("Sip.getGroups", map("sipId", alice), reseller)));
        account.putAll(map("firstName", "Zoé", "groups", List.of()));
        toolkit.call("Sip.updateAccount", map("account", account), reseller);
        show(toolkit.call("Sip.getAccount", map("sipId", alice), reseller));
        toolkit.call("Sip.addAlias", map("alias", map("id", aka, "target", alice)), reseller);
        found = toolkit.call("Sip.getAliases", map("query", map("filter", map("targetUsername", "alice"))), reseller);
        say("aliases", text(found, "total"), text(first(found, "aliases"), "id.username"));
        found = toolkit.call("Sip.getAccounts", map("query", map("filter", map("domain", domain),
                "orderBy", map("attribute", "username", "direction", "ASC"), "range", map("start", 0, "count", 10))), reseller);
        say("accounts", text(found, "total"), text(first(found, "accounts"), "id.username"));
        Map<String, Object> box = map("sipId", alice, "name", "Alice", "email", "alice@" + domain);
        Object mailbox = toolkit.call("Voicemail.addAccount", map("account", box), reseller);
        say("mailbox", Long.parseLong(text(mailbox, "mailbox")) >= 1000000 ? "true" : "false");
        Object zone = toolkit.call("Dns.addZone", map("zone", map("name", domain, "email", "dns@" + domain,
                "nameservers", List.of("ns1." + domain, "ns2." + domain))), reseller);
        say("zone", joined(Toolkit.read(zone, "nameservers")));
        toolkit.call("Sip.deleteAlias", map("id", aka), reseller);
        toolkit.call("Sip.deleteAccount", map("sipId", alice), reseller);
        say("gone", refused("Sip.getAccount", map("sipId", alice), reseller));
        say("stranger", refused("Sip.getAccount", map("sipId", alice), map("username", tenant, "password", "no")));
    }

    private void show(Object account) throws Exception {
        say("account", text(account, "id.username") + "@" + text(account, "id.domain"), "|", text(account, "firstName"), "|",
                text(account, "timezone"), "|", joined(Toolkit.read(account, "groups")), "|",
                pairs(Toolkit.read(account, "properties")), "|", text(account, "quota"), text(account, "callLimit"),
                text(account, "prepaid"));
    }

    private String refused(String operation, Map<String, Object> arguments, Map<String, Object> auth) {
        try {
            toolkit.call(operation, arguments, auth);
        } catch (Throwable thrown) {
            return toolkit.code(thrown);
        }
        return "none";
    }

    private static void say(String... words) {
        System.out.println("= " + String.join(" ", words));
    }

    private static String text(Object bean, String path) throws Exception {
        return String.valueOf(Toolkit.read(bean, path));
    }

    private static Object first(Object bean, String list) throws Exception {
        return Toolkit.items(Toolkit.read(bean, list)).get(0);
    }

    private static String joined(Object array) throws Exception {
        return String.join(",", Toolkit.items(array).stream().map(String::valueOf).toList());
    }

    private static String pairs(Object array) throws Exception {
        List<String> pairs = new ArrayList<>();
        for (Object one : Toolkit.items(array)) {
            pairs.add(text(one, "name") + ":" + text(one, "value"));
        }
        return String.join(",", pairs);
    }

    /** Names and values in turn, in this order. */
    private static Map<String, Object> map(Object... entries) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int at = 0; at < entries.length; at += 2) {
            map.put((String) entries[at], entries[at + 1]);
        }
        return map;
    }
}
