"""The JSON client against a running server: its address in NGNPRO_URL, the administrator in NGNPRO_USERNAME and _PASSWORD.

Named so that the tests that need no server do not find it; run by its path.
"""

import os
import unittest
import uuid

from ngnpro import Client, each, faults

URL = os.environ["NGNPRO_URL"]
ALICE = {"id": {"username": "alice", "domain": "py.example"}, "password": "secret", "firstName": "Zoë", "groups": ["anonymous"]}


class LiveTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        administrator = Client(URL, (os.environ["NGNPRO_USERNAME"], os.environ["NGNPRO_PASSWORD"]))
        administrator.customer_add_account({"username": "py-reseller", "password": "the réseller's", "resellerActive": True})
        cls.client = Client(URL + "/", ("py-reseller", "the réseller's"))
        cls.customer = cls.client.customer_add_account({"username": "py-customer", "password": "the customer"})["id"]
        cls.client.sip_add_domain({"domain": "py.example"})
        cls.client.sip_add_account(ALICE)

    def test_what_is_written_is_read_and_a_part_is_changed(self):
        self.client.sip_update_account_in_part("alice@py.example", {"lastName": "Jones"})
        read = self.client.sip_get_account("alice@py.example")
        self.assertEqual((read["firstName"], read["lastName"], read["groups"]), ("Zoë", "Jones", ["anonymous"]))

    def test_a_refusal_raises_the_class_of_its_code(self):
        self.assertRaises(faults.SipAccountExists, self.client.sip_add_account, ALICE)
        with self.assertRaises(faults.InvalidValue) as raised:
            self.client.sip_add_account({**ALICE, "id": {"username": "al ice", "domain": "py.example"}})
        self.assertEqual((raised.exception.code, raised.exception.member), (9004, "account.id.username"))
        self.assertRaises(faults.AuthenticationFailed, Client(URL, ("py-reseller", "no")).sip_get_domains)
        self.assertRaises(ConnectionError, Client("http://127.0.0.1:1", ("a", "b")).sip_get_domains)

    def test_a_write_is_tried_without_being_done_and_done_once_by_its_own_name(self):
        bob = {"id": {"username": "bob", "domain": "py.example"}, "password": "secret"}
        self.client.sip_add_account(bob, dry_run=True)
        self.assertRaises(faults.SipAccountNotFound, self.client.sip_get_account, "bob@py.example")
        name = str(uuid.uuid4())
        first = self.client.sip_add_account(bob, idempotency_key=name)
        self.assertEqual(self.client.sip_add_account(bob, idempotency_key=name), first)

    def test_a_list_is_read_to_its_end(self):
        for at in range(5):
            self.client.sip_add_account({"id": {"username": f"page{at}", "domain": "py.example"}, "password": "secret"})
        rows = each(self.client.sip_get_accounts, filter_username="page%", order_by_attribute="username", order_by_direction="ASC", limit=2)
        self.assertEqual([row["id"]["username"] for row in rows], [f"page{at}" for at in range(5)])

    def test_a_reseller_acts_as_its_customer(self):
        self.assertEqual(self.client.sip_get_domains(impersonate=self.customer)["total"], 0)
        self.assertEqual(self.client.sip_get_domains()["total"], 1)


if __name__ == "__main__":
    unittest.main()
