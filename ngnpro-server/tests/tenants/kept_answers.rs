//! Answers that are kept for who asks again with the same key: a key that somebody else chose too opens nothing of theirs.

use crate::platform::Platform;
use crate::wires::Wire;

#[test]
fn an_answer_that_is_kept_for_one_tenant_is_no_other_tenants() {
    let platform = Platform::start();
    let administrator = platform.administrator(Wire::Json);
    let [(first_id, first), (_, second)] = ["first", "second"].map(|name| {
        let login = format!("<username>{name}</username><password>{name} password</password>");
        let account = format!("<account>{login}<resellerActive>true</resellerActive></account>");
        let id = administrator.must("Customer.addAccount", &account).member("id");
        (id, platform.client(Wire::Json, name, &format!("{name} password")).with_key("the-same-key"))
    });
    let domain = "<domain><domain>first.example</domain></domain>";
    let made = first.must("Sip.addDomain", domain);
    // Whoever has the key is answered as before: it was done once.
    assert_eq!(first.must("Sip.addDomain", domain).text, made.text);
    // The very same request under the very same key, by others.
    for other in [second.clone(), administrator.acting_as(&first_id).with_key("the-same-key")] {
        let answer = other.call("Sip.addDomain", domain);
        assert_eq!(answer.outcome, "1001", "{}", answer.text);
    }
    assert_eq!(second.must("Sip.getDomains", "").member("total"), "0");
}
