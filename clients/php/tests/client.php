<?php

/**
 * The client against a running server: php client.php URL, the administrator in NGNPRO_USERNAME and NGNPRO_PASSWORD.
 * Every port and every kind of value is used; the first thing that is not as it should be ends it.
 */

declare(strict_types=1);

use NGNPro\{Auth, ConnectionFailed, CustomerAccount, CustomerPort, CustomerProperty, DnsPort, DnsZone, EnumId, EnumMapping};
use NGNPro\{EnumNumber, EnumPort, EnumRange, EnumRangeId, Fault, NetworkPort, PrepaidStatus, Property, RatingPort, SipAccount};
use NGNPro\{SipDomain, SipFilter, SipId, SipPort, SipQuery, VoicemailPort};

require __DIR__ . '/../ngnpro.php';

function same(mixed $expected, mixed $found, string $what): void
{
    if ($expected !== $found) {
        throw new LogicException("$what: expected " . var_export($expected, true) . ', found ' . var_export($found, true));
    }
}

function throws(string $class, callable $call, ?int $code = null): void
{
    try {
        $call();
    } catch (Throwable $thrown) {
        same($class, get_class($thrown), $thrown->getMessage());
        $code === null || same($code, $thrown->getCode(), $thrown->getMessage());
        return;
    }
    throw new LogicException("$class was not thrown");
}

[, $url] = $argv;
$administrator = new Auth((string) getenv('NGNPRO_USERNAME'), (string) getenv('NGNPRO_PASSWORD'));
same(false, str_contains(print_r($administrator, true), (string) getenv('NGNPRO_PASSWORD')), 'a dump shows the password');

$customers = new CustomerPort($url, $administrator);
$reseller = $customers->addAccount(new CustomerAccount(
    username: 'php-reseller',
    password: 'the reseller',
    organization: 'Žluťoučký & <kůň>',
    resellerActive: true,
    properties: [new CustomerProperty('sip_credit', '100', 'credit', 'admin')],
));
same([true, 'Žluťoučký & <kůň>'], [$reseller->resellerActive, $reseller->organization], 'the reseller');
same($reseller->id, $reseller->reseller, "a reseller's own reseller");

// As a reseller, with values and with plain arrays.
$auth = new Auth('php-reseller', 'the reseller');
$sip = new SipPort($url, $auth);
$domain = $sip->addDomain(new SipDomain(domain: 'php.example'));
same(['php.example', $reseller->id], [$domain->domain, $domain->reseller], 'the domain');
$alice = $sip->addAccount(new SipAccount(
    id: new SipId('alice', 'php.example'),
    password: ' spaces " count ',
    firstName: "A\nB",
    groups: ['anonymous'],
    properties: [new Property('language', 'fr'), new Property('nothing', null)],
    acl: [],
    quota: 0,
    prepaid: true,
    timezone: 'Europe/Paris',
));
$bob = $sip->addAccount(['id' => ['username' => 'bob', 'domain' => 'php.example'], 'password' => 'x', 'quota' => '25', 'prepaid' => 0]);
same([25, false, []], [$bob->quota, $bob->prepaid, $bob->groups], "the plain array's account");
$read = $sip->getAccount($alice->id);
same([' spaces " count ', "A\nB", ['anonymous', 'prepaid'], true, 0, ''], [
    $read->password, $read->firstName, $read->groups, $read->prepaid, $read->quota, $read->email,
], 'what was written');
same(['language', 'fr'], [$read->properties[0]->name, $read->properties[0]->value], 'a property');
$read->groups = [];
$read->firstName = null;
$sip->updateAccount($read);
$read = $sip->getAccount($alice->id);
same([['prepaid'], true, ''], [$read->groups, $read->prepaid, $read->firstName], 'what was taken away, and what only who may take can');
$found = $sip->getAccounts(new SipQuery(new SipFilter(domain: 'php.example')));
same([2, 2], [$found->total, count($found->accounts)], 'accounts of the domain');
same(2, $sip->getAccounts()->total, 'accounts, asked for without a query');

// Refusals by class, mistakes before anything is sent.
throws(Fault\SipAccountExists::class, fn () => $sip->addAccount($alice), 1011);
throws(Fault\SipAccountNotFound::class, fn () => $sip->getAccount(new SipId('nobody', 'php.example')), 1010);
throws(Fault\AuthenticationFailed::class, fn () => (new SipPort($url, new Auth('php-reseller', 'no')))->getDomains(), 9000);
throws(InvalidArgumentException::class, fn () => $sip->addAccount(['id' => ['username' => 'c', 'domaim' => 'php.example']]));
throws(InvalidArgumentException::class, fn () => $sip->addAccount(['groups' => 'quota']));
throws(InvalidArgumentException::class, fn () => $sip->addAccount(['quota' => 'much']));
throws(ConnectionFailed::class, fn () => (new SipPort('http://127.0.0.1:1/', $auth))->getDomains());

// As somebody else.
$customer = (new CustomerPort($url, $auth))->addAccount(['username' => 'php-customer', 'password' => 'the customer']);
same(0, $sip->actingAs($customer->id)->getDomains()->total, "a customer's domains");
same(1, $sip->getDomains()->total, "the reseller's domains");

// The other ports.
$dns = new DnsPort($url, $auth);
$zone = $dns->addZone(new DnsZone(name: 'php.example', email: 'hostmaster@php.example', nameservers: ['ns1.php.example', 'ns2.php.example']));
same(['ns1.php.example', 'ns2.php.example'], $zone->nameservers, "the zone's name servers");
$record = $dns->addRecord(['zone' => 'php.example', 'name' => 'sip', 'type' => 'A', 'value' => '192.0.2.7', 'ttl' => 300]);
same(['192.0.2.7', 300], [$dns->getRecord($record->id)->value, $record->ttl], 'the record');
$enum = new EnumPort($url, $auth);
$enum->addRange(new EnumRange(id: new EnumRangeId('3188', 'e164.arpa'), minDigits: 11, maxDigits: 11, size: 5));
$number = $enum->addNumber(new EnumNumber(
    id: new EnumId('31880000001', 'e164.arpa'),
    mappings: [new EnumMapping(type: 'sip', mapto: 'sip:alice@php.example', priority: 5, ttl: 600)],
));
same('sip:alice@php.example', $enum->getNumber($number->id)->mappings[0]->mapto, 'the mapping');
$voicemail = new VoicemailPort($url, $auth);
$box = $voicemail->addAccount(['sipId' => $alice->id, 'name' => 'Alice', 'email' => 'alice@php.example']);
same(true, (int) $box->mailbox >= 1000000, "the box's number");
$samples = str_repeat("\0", 160);
$wave = 'RIFF' . pack('V', 36 + strlen($samples)) . 'WAVEfmt ' . pack('VvvVVvv', 16, 1, 1, 8000, 16000, 2, 16) . 'data'
    . pack('V', strlen($samples)) . $samples;
$voicemail->setAnnouncement($alice->id, $wave);
throws(Fault\InvalidValue::class, fn () => $voicemail->setAnnouncement($alice->id, 'not a sound'), 9004);
$changed = (new SipPort($url, $administrator))->addBalance($alice->id, 12.5, 'a gift');
same(12.5, $changed->new_balance - $changed->old_balance, 'the balance');
[$status] = $sip->getPrepaidStatus([$alice->id]);
same([PrepaidStatus::class, 12.5], [get_class($status), $status->balance], 'the prepaid status');
throws(Fault\RatingEntityNotFound::class, fn () => (new RatingPort($url, $administrator))->getEntityProfiles('domain://php.example'), 4001);
same(true, is_array(json_decode((new NetworkPort($url, $administrator))->getStatus(), true)), 'the status is JSON');

// By their old names, against old habits.
$old = new WebService_NGNPro_SipPort($url, $auth);
$old->deleteAccount($bob->id);
same(1, $old->getAccounts(['filter' => ['domain' => 'php.example']])->total, 'accounts left');
echo "all as it should be\n";
