"""The client alone: what it sends and how it reads answers, by the real WSDL and without a server."""

import unittest
from pathlib import Path

from lxml import etree

import ngnpro
from ngnpro import Proxy, faults

WSDL = str(Path(__file__).resolve().parents[3] / "wsdl" / "ngnpro.wsdl")
ALICE = {"username": "alice", "domain": "example.com"}
ENVELOPE = (
    '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    ' xmlns:enc="http://schemas.xmlsoap.org/soap/encoding/" xmlns:xsd="http://www.w3.org/2001/XMLSchema"'
    ' xmlns:s="urn:AGProjects:NGNPro:Sip"><e:Body>{}</e:Body></e:Envelope>'
)


class Answer:
    """What the transport gives back for a call."""

    def __init__(self, body, status=200):
        self.content, self.status_code = ENVELOPE.format(body).encode(), status


class ClientTest(unittest.TestCase):
    def setUp(self):
        self.sip = Proxy(WSDL, "Sip", auth=dict(username="reseller", password=" secret "))
        self.sent = []

    def answer(self, body, status=200):
        def post(url, message, headers):
            self.sent.append(etree.fromstring(message))
            return Answer(body, status)

        self.sip._transport.post = post

    def texts(self, path):
        return [element.text for element in self.sent[-1].iterfind(f".//{path}")]

    def test_ports_and_operations_are_found_at_run_time(self):
        self.assertIn("SipPort", ngnpro.ports(WSDL))
        self.assertIn("addAccount", dir(self.sip))
        self.assertRaisesRegex(ValueError, "has no port Fax", Proxy, WSDL, "Fax")

    def test_credentials_travel_in_the_header_untrimmed(self):
        self.answer("<s:deleteAccountResponse/>")
        self.assertIsNone(self.sip.deleteAccount(ALICE))
        self.assertEqual(self.texts("{urn:AGProjects:NGNPro}auth/password"), [" secret "])

    def test_an_empty_list_is_sent_as_an_empty_array(self):
        self.answer("<s:updateAccountResponse/>")
        self.sip.updateAccount({"id": ALICE, "groups": []})
        groups = self.sent[-1].find(".//groups")
        self.assertEqual(groups.get("{http://schemas.xmlsoap.org/soap/encoding/}arrayType"), "xsd:string[0]")

    def test_a_list_of_dicts_is_sent_as_an_array_of_structures(self):
        self.answer("<s:updateAccountResponse/>")
        self.sip.updateAccount({"id": ALICE, "properties": [{"name": "a", "value": "1"}, {"name": "b", "value": None}]})
        self.assertEqual(self.texts("properties/item/name"), ["a", "b"])

    def test_a_name_that_the_type_does_not_have_is_refused_before_anything_is_sent(self):
        self.answer("")
        self.assertRaisesRegex(TypeError, "no passwort", self.sip.updateAccount, {"id": ALICE, "passwort": "x"})
        self.assertRaisesRegex(TypeError, "impersonated", Proxy, WSDL, "Sip", auth=dict(impersonated=1))
        self.assertEqual(self.sent, [])

    def test_answers_are_plain_data_with_lists_for_arrays(self):
        self.answer(
            "<s:getAccountResponse><return><id><username>alice</username><domain>example.com</domain></id>"
            "<password> x </password><prepaid>false</prepaid><quota>0</quota><groups/></return></s:getAccountResponse>"
        )
        account = self.sip.getAccount(ALICE)
        self.assertEqual(account["id"], ALICE)
        self.assertEqual((account["password"], account["prepaid"], account["quota"]), (" x ", False, 0))
        self.assertEqual((account["groups"], account["properties"], account["firstName"]), ([], [], None))

    def test_an_array_of_one_stays_a_list(self):
        self.answer("<s:getGroupsResponse><return><item>intercom</item></return></s:getGroupsResponse>")
        self.assertEqual(self.sip.getGroups(ALICE), ["intercom"])

    def test_a_fault_raises_the_class_of_its_code(self):
        self.answer(
            "<e:Fault><faultcode>e:Client</faultcode><faultstring>no</faultstring><detail><exception>"
            "<errorcode>1010</errorcode><errorstring>SIP account does not exist</errorstring></exception></detail></e:Fault>",
            500,
        )
        with self.assertRaises(faults.SipAccountNotFound) as raised:
            self.sip.getAccount(ALICE)
        self.assertEqual((raised.exception.code, raised.exception.text), (1010, "SIP account does not exist"))
        self.assertIsInstance(raised.exception, ngnpro.Fault)

    def test_an_unreachable_server_is_a_connection_error(self):
        # Port 1 of the loopback has no listener.
        sip = Proxy(WSDL, "Sip", url="http://127.0.0.1:1/")
        self.assertRaises(ConnectionError, sip.getAccount, ALICE)
        self.assertRaises(ConnectionError, Proxy, "http://127.0.0.1:1/wsdl", "Sip")

    def test_a_document_that_is_no_wsdl_is_said_to_be_none(self):
        self.assertRaisesRegex(ValueError, "is not a WSDL", Proxy, __file__, "Sip")

    def test_what_xml_cannot_carry_is_refused_with_the_name_of_its_member(self):
        self.answer("")
        self.assertRaisesRegex(ValueError, "^firstName: ", self.sip.updateAccount, {"id": ALICE, "firstName": "\x01"})
        self.assertEqual(self.sent, [])


if __name__ == "__main__":
    unittest.main()
