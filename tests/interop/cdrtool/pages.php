<?php

/**
 * What the pages of CDRTool do one after another, and the members that they read: php pages.php URL
 *
 * First as its administrator's and reseller's pages (the administrator's name, acting as a customer), then as its self-care
 * pages (the reseller's own name). The server keeps customers' passwords recoverable.
 */

declare(strict_types=1);

require __DIR__ . '/wire.php';

[, $url] = $argv;
$administrator = ['username' => getenv('NGNPRO_USERNAME'), 'password' => getenv('NGNPRO_PASSWORD'), 'admin' => true];
$page = static fn (string $attribute) => [
    'orderBy' => ['attribute' => $attribute, 'direction' => 'ASC'],
    'range' => ['start' => 0, 'count' => 20],
];

// Customers: a reseller is made, found, signed in with the password that is found, and its properties are merged.
$customers = new Port($url, 'Customer', $administrator + ['impersonate' => 0]);
$credit = static fn (string $name, string $value) => ['name' => $name, 'value' => $value, 'category' => 'credit', 'permission' => 'admin'];
$credits = ['sip_credit', 'sip_alias_credit', 'enum_range_credit', 'enum_number_credit', 'dns_zone_credit', 'email_credit'];
$switches = [];
foreach (['pstn_access', 'prepaid_changes'] as $name) {
    $switches[] = ['name' => $name, 'value' => '1', 'category' => 'sip', 'permission' => 'admin'];
}
$form = ['username' => 'web-reseller', 'password' => 'pw & <r>', 'firstName' => 'First', 'lastName' => 'Last', 'organization' => 'Org',
    'email' => 'r@web.example', 'resellerActive' => 1, 'timezone' => 'Europe/Amsterdam', 'state' => null,
    'properties' => array_merge(array_map(static fn ($name) => $credit($name, '100'), $credits), $switches)];
$reseller = $customers->call('addAccount', ['account' => $form]);
same(true, $reseller->id > 0 && $reseller->id === $reseller->reseller, "the reseller's numbers");
refused(5001, static fn () => $customers->call('addAccount', ['account' => $form]));
$filter = ['username' => '', 'firstName' => '', 'lastName' => '', 'organization' => '', 'tel' => '', 'email' => '', 'web' => '',
    'city' => '', 'country' => '', 'only_resellers' => '', 'customer' => $reseller->id, 'reseller' => 0];
$found = $customers->call('getCustomers', ['query' => ['filter' => $filter] + $page('changeDate')]);
same([1, 'pw & <r>'], [$found->total, $found->accounts[0]->password], 'the password that signs the reseller in');
$acting = $administrator + ['impersonate' => $reseller->id];
$own = new Port($url, 'Customer', $acting);
$customer = $own->call('addAccount', ['account' => ['username' => 'web-customer', 'reseller' => $reseller->id] + $form]);
same($reseller->id, $customer->reseller, "the customer's reseller");
$found = $customers->call('getResellers', ['query' => ['filter' => ['customer' => $customer->id] + $filter] + $page('username')]);
same([1, $customer->id], [$found->total, $found->accounts[0]->id], 'a login account that is a plain customer');
$remembered = ['name' => 'enum_ranges_last_tld', 'value' => 'e164.arpa', 'category' => 'web', 'permission' => 'customer'];
$customers->call('setProperties', ['customer' => $reseller->id, 'properties' => [$remembered]]);
$properties = array_column($customers->call('getProperties', ['customer' => $reseller->id]), 'value', 'name');
same(['100', 'e164.arpa'], [$properties['sip_credit'], $properties['enum_ranges_last_tld']], 'merged properties');
$read = $customers->call('getAccount', ['id' => $customer->id]);
$read->city = 'Haarlem';
$customers->call('updateAccount', ['account' => $read]);
same('Haarlem', $customers->call('getAccount', ['id' => $customer->id])->city, 'the city written back with everything else');

// Domains.
$sip = new Port($url, 'Sip', $acting);
$added = $sip->call('addDomain', ['domain' => ['domain' => 'web.example', 'customer' => 0, 'reseller' => 0]]);
same($reseller->id, $added->customer, "whose the impersonating administrator's domain is");
refused(1001, static fn () => $sip->call('addDomain', ['domain' => ['domain' => 'web.example', 'customer' => 0, 'reseller' => 0]]));
$found = $sip->call('getDomains', ['query' => ['filter' => ['domain' => 'web%', 'customer' => 0, 'reseller' => 0]] + $page('domain')]);
same([1, 'web.example', $reseller->id], [$found->total, $found->domains[0]->domain, $found->domains[0]->reseller], 'domains');
foreach (['changeDate', 'certificate', 'private_key', 'match_ip_address', 'match_sip_domain', 'verify_cert', 'require_cert'] as $member) {
    same(true, property_exists($found->domains[0], $member), "a domain's $member");
}
$sip->call('updateDomain', ['domain' => ['match_ip_address' => '192.0.2.1', 'verify_cert' => 1] + (array) $found->domains[0]]);

// Accounts: added, refused, listed with filter, order and range, read, changed, written back with all that was read.
$alice = ['username' => 'alice', 'domain' => 'web.example'];
$account = ['id' => $alice, 'firstName' => 'Account', 'lastName' => 'alice', 'password' => 'secret', 'timezone' => 'Europe/Amsterdam',
    'email' => 'alice@web.example', 'owner' => $customer->id, 'rpid' => '', 'groups' => [], 'prepaid' => 0, 'quota' => 0, 'acl' => [],
    'properties' => []];
same('alice', $sip->call('addAccount', ['account' => $account])->id->username, 'the new account');
refused(1011, static fn () => $sip->call('addAccount', ['account' => $account]));
$numbered = $sip->call('addAccount', ['account' => ['id' => ['username' => '<autoincrement>'] + $alice, 'prepaid' => 1] + $account]);
same(1, preg_match('/^\d+$/', $numbered->id->username), 'the number that the server gave');
$filter = ['username' => '', 'domain' => 'web.example', 'firstName' => '', 'lastName' => '', 'email' => '', 'owner' => 0, 'customer' => 0,
    'reseller' => 0, 'groups' => ['']];
$found = $sip->call('getAccounts', ['query' => ['filter' => $filter] + $page('username')]);
same([2, 'alice'], [$found->total, $found->accounts[1]->id->username], 'accounts in order');
$found = $sip->call('getAccounts', ['query' => ['filter' => $filter, 'orderBy' => ['attribute' => 'username', 'direction' => 'DESC'],
    'range' => ['start' => 0, 'count' => 1]]]);
same([2, 1, 'alice'], [$found->total, count($found->accounts), $found->accounts[0]->id->username], 'one account of two');
same(1, $sip->call('getAccounts', ['query' => ['filter' => ['owner' => $customer->id, 'username' => 'ali%'] + $filter]])->total, 'exported');
$read = $sip->call('getAccount', ['sipId' => $alice]);
same(['secret', false, []], [$read->password, $read->prepaid, $read->groups], 'what the account form shows');
$read->answerTimeout = 20;
$read->groups[] = 'free-pstn';
$read->properties[] = ['name' => 'language', 'value' => 'nl'];
$sip->call('updateAccount', ['account' => $read]);
$again = $sip->call('getAccount', ['sipId' => $alice]);
same([['free-pstn'], 'language', 'nl'], [$again->groups, $again->properties[0]->name, $again->properties[0]->value], 'written back');
$sip->call('addToGroup', ['sipId' => $alice, 'group' => 'quota']);
refused(1030, static fn () => $sip->call('addToGroup', ['sipId' => $alice, 'group' => 'quota']));
same(['free-pstn', 'quota'], $sip->call('getGroups', ['sipId' => $alice]), 'groups');
$sip->call('removeFromGroup', ['sipId' => $alice, 'group' => 'quota']);
refused(1031, static fn () => $sip->call('removeFromGroup', ['sipId' => $alice, 'group' => 'quota']));

// Aliases.
$help = ['username' => 'help', 'domain' => 'web.example'];
$sip->call('addAlias', ['alias' => ['id' => $help, 'target' => $alice, 'owner' => $customer->id]]);
$filter = ['aliasUsername' => '', 'aliasDomain' => '', 'targetUsername' => 'alice', 'targetDomain' => 'web.example', 'owner' => 0,
    'customer' => 0, 'reseller' => 0];
$found = $sip->call('getAliases', ['query' => ['filter' => $filter] + $page('aliasUsername')]);
same([1, 'help', 'alice'], [$found->total, $found->aliases[0]->id->username, $found->aliases[0]->target->username], 'aliases');
$read = $sip->call('getAlias', ['id' => $help]);
$read->target->username = $numbered->id->username;
$sip->call('updateAlias', ['alias' => $read]);
same($numbered->id->username, $sip->call('getAlias', ['id' => $help])->target->username, "the alias' new target");
$sip->call('deleteAlias', ['id' => $help]);

// ENUM: a number is asked for before it is added, and only 3002 lets the page add it.
$enum = new Port($url, 'Enum', $acting);
$range = ['id' => ['prefix' => '3120800', 'tld' => 'e164.arpa'], 'ttl' => 3600, 'info' => 'range', 'minDigits' => 11, 'maxDigits' => 11,
    'size' => 0, 'customer' => $customer->id, 'reseller' => $reseller->id];
$enum->call('addRange', ['range' => $range]);
$found = $enum->call('getRanges', ['query' => ['filter' => ['prefix' => '', 'tld' => 'e164.arpa', 'customer' => 0, 'reseller' => 0,
    'info' => '']] + $page('prefix')]);
same([1, '3120800', [], 0], [$found->total, $found->ranges[0]->id->prefix, $found->ranges[0]->nameservers, (int) $found->ranges[0]->used], 'ranges');
$id = ['number' => '31208005161', 'tld' => 'e164.arpa'];
refused(3002, static fn () => $enum->call('getNumber', ['enumId' => $id]));
$mapping = ['type' => 'sip', 'mapto' => 'sip:alice@web.example', 'ttl' => 3600, 'priority' => 5];
$enum->call('addNumber', ['number' => ['id' => $id, 'owner' => $customer->id, 'info' => '', 'mappings' => [$mapping]]]);
$read = $enum->call('getNumber', ['enumId' => $id]);
same([1, 'sip:alice@web.example'], [count($read->mappings), $read->mappings[0]->mapto], 'mappings');
$read->mappings[] = ['type' => 'mailto', 'mapto' => 'mailto:alice@web.example'] + $mapping;
$enum->call('updateNumber', ['number' => $read]);
$filter = ['number' => '', 'tld' => '', 'type' => '', 'mapto' => '%alice%', 'owner' => 0, 'customer' => 0, 'reseller' => 0];
$found = $enum->call('getNumbers', ['query' => ['filter' => $filter] + $page('number')]);
same([1, 2, '31208005161'], [$found->total, count($found->numbers[0]->mappings), $found->numbers[0]->id->number], 'numbers');
$enum->call('deleteNumber', ['enumId' => $id]);
$enum->call('deleteRange', ['range' => $range['id']]);

// DNS.
$dns = new Port($url, 'Dns', $acting);
$zone = ['name' => 'web.example', 'ttl' => 3600, 'info' => '', 'customer' => $customer->id, 'reseller' => $reseller->id,
    'nameservers' => ['ns1.example.net', 'ns2.example.net']];
$dns->call('addZone', ['zone' => $zone]);
refused(7001, static fn () => $dns->call('addZone', ['zone' => $zone]));
$read = $dns->call('getZone', ['zone' => 'web.example']);
same(['ns1.example.net', 'ns2.example.net'], $read->nameservers, 'name servers');
$serial = (int) $read->serial;
$read->info = 'changed';
$dns->call('updateZone', ['zone' => $read]);
same(true, (int) $dns->call('getZone', ['zone' => 'web.example'])->serial > $serial, 'the serial number grows');
$record = ['name' => 'sip', 'zone' => 'web.example', 'type' => 'A', 'value' => '192.0.2.1', 'owner' => 0, 'ttl' => 3600, 'priority' => 0];
$id = $dns->call('addRecord', ['record' => $record])->id;
refused(7003, static fn () => $dns->call('addRecord', ['record' => $record]));
$read = $dns->call('getRecord', ['recordId' => (string) $id]);
same(['sip', 'A', '192.0.2.1'], [$read->name, $read->type, $read->value], 'the record');
$read->value = '192.0.2.2';
$dns->call('updateRecord', ['record' => $read]);
$filter = ['id' => 0, 'zone' => 'web.example', 'name' => '', 'type' => '', 'value' => '', 'customer' => 0, 'reseller' => 0, 'owner' => 0];
$found = $dns->call('getRecords', ['query' => ['filter' => ['type' => 'A'] + $filter] + $page('name')]);
same([1, '192.0.2.2'], [$found->total, $found->records[0]->value], 'records');
$dns->call('deleteRecord', ['recordId' => (string) $id]);
$mail = ['name' => 'info@web.example', 'type' => 'MBOXFW', 'value' => 'alice@example.net'] + $record;
$id = $dns->call('addFancyRecord', ['record' => $mail])->id;
$found = $dns->call('getFancyRecords', ['query' => ['filter' => ['type' => 'MBOXFW'] + $filter] + $page('name')]);
same([1, 'alice@example.net'], [$found->total, $found->records[0]->value], 'mail forwards');
$dns->call('deleteFancyRecord', ['recordId' => (string) $id]);
$zones = $dns->call('getZones', ['query' => ['filter' => ['name' => '', 'info' => '', 'customer' => 0, 'reseller' => 0]] + $page('name')]);
same([1, 'web.example'], [$zones->total, $zones->zones[0]->name], 'zones');

// Calls to telephone numbers: carrier, gateway, rule, route, peer.
$pstn = new Port($url, 'Sip', $administrator + ['impersonate' => 0]);
$carrier = $pstn->call('addCarrier', ['carrier' => ['name' => 'carrier', 'reseller' => $reseller->id]])->id;
$filter = ['id' => 0, 'name' => '', 'customer' => 0, 'reseller' => 0];
$found = $pstn->call('getCarriers', ['query' => ['filter' => ['name' => 'carrier'] + $filter] + $page('name')]);
same([1, 'carrier', $reseller->id], [$found->total, $found->carriers[0]->name, $found->carriers[0]->reseller], 'carriers');
$gateway = $pstn->call('addGateway', ['gateway' => ['name' => 'gw', 'carrier_id' => $carrier, 'ip' => '192.0.2.10', 'port' => 5060,
    'transport' => 'udp']])->id;
$found = $pstn->call('getGateways', ['query' => ['filter' => ['name' => 'gw', 'carrier_id' => 0] + $filter] + $page('name')]);
same(['carrier', $carrier], [$found->gateways[0]->carrier, $found->gateways[0]->carrier_id], "the gateway's carrier by its name");
$pstn->call('updateGateway', ['gateway' => ['port' => 5062] + (array) $found->gateways[0]]);
$rule = $pstn->call('addGatewayRule', ['rule' => ['gateway_id' => $gateway, 'prefix' => '0088', 'prepend' => '00', 'strip' => 2,
    'minLength' => 8, 'maxLength' => 15]])->id;
$found = $pstn->call('getGatewayRules', ['query' => ['filter' => ['gateway_id' => $gateway, 'carrier_id' => 0, 'prefix' => ''] + $filter]
    + $page('prefix')]);
same(['gw', 'carrier', '0088'], [$found->gateway_rules[0]->gateway, $found->gateway_rules[0]->carrier, $found->gateway_rules[0]->prefix], 'rules');
$pstn->call('updateGatewayRule', ['rule' => ['strip' => 4] + (array) $found->gateway_rules[0]]);
$added = $pstn->call('addRoutes', ['routes' => [['prefix' => '0088', 'originator' => '', 'carrier_id' => $carrier, 'priority' => 1]]]);
same(true, is_object($added), 'routes are answered as a structure');
$found = $pstn->call('getRoutes', ['query' => ['filter' => ['prefix' => '', 'carrier_id' => $carrier, 'reseller' => 0, 'id' => 0]]
    + $page('prefix')]);
same([1, 'carrier', 1], [$found->total, $found->routes[0]->carrier, $found->routes[0]->priority], 'routes');
$pstn->call('updateRoutes', ['routes' => [['priority' => 2] + (array) $found->routes[0]]]);
$pstn->call('deleteRoutes', ['routes' => [['id' => $found->routes[0]->id]]]);
$pstn->call('deleteGatewayRule', ['id' => $rule]);
$pstn->call('deleteGateway', ['id' => $gateway]);
$pstn->call('deleteCarrier', ['id' => $carrier]);
$peer = ['ip' => '10.254.1.206', 'description' => 'peer', 'callLimit' => 30, 'msteams' => false, 'tenant' => '', 'carrierName' => '',
    'originator' => '', 'prefix' => '', 'strip' => 0, 'blocked' => 0, 'enumLookup' => 1, 'transit' => 0, 'owner' => 0, 'customer' => 0,
    'reseller' => $reseller->id];
$pstn->call('addTrustedPeer', ['peer' => $peer]);
$found = $pstn->call('getTrustedPeers', ['query' => ['filter' => ['ip' => '10.%', 'description' => '', 'msteams' => false, 'tags' => '%%',
    'customer' => 0, 'reseller' => 0]] + $page('ip')]);
same([1, '10.254.1.206', 30, true], [$found->total, $found->peers[0]->ip, $found->peers[0]->callLimit, $found->peers[0]->enumLookup], 'peers');
$pstn->call('updateTrustedPeer', ['peer' => ['callLimit' => 31] + (array) $found->peers[0]]);
$pstn->call('deleteTrustedPeer', ['ip' => '10.254.1.206']);

// The administrator's own pages: tariffs, prepaid money, traces, the platform.
$rating = new Port($url, 'Rating', $administrator);
refused(4001, static fn () => $rating->call('getEntityProfiles', ['entity' => 'subscriber://alice@web.example']));
$profiles = ['entity' => 'subscriber://alice@web.example', 'profileWeekday' => '1', 'profileWeekdayAlt' => '', 'profileWeekend' => '2',
    'profileWeekendAlt' => '', 'timezone' => 'Europe/Amsterdam'];
$rating->call('setEntityProfiles', ['profiles' => $profiles]);
$read = $rating->call('getEntityProfiles', ['entity' => 'subscriber://alice@web.example']);
same(['1', '2', 'Europe/Amsterdam'], [$read->profileWeekday, $read->profileWeekend, $read->timezone], 'tariffs');
$rating->call('deleteEntityProfiles', ['entity' => 'subscriber://alice@web.example']);
$money = new Port($url, 'Sip', $administrator + ['impersonate' => 0]);
$prepaid = $numbered->id;
$changed = $money->call('addBalance', ['sipId' => $prepaid, 'value' => 12.5, 'description' => 'First deposit']);
same([0.0, 12.5], [(float) $changed->old_balance, (float) $changed->new_balance], 'the deposit');
foreach (['getStatistics', 'getStatus'] as $operation) {
    same(true, is_array(json_decode((new Port($url, 'Network', $administrator))->call($operation), true)), $operation);
}
foreach (['getMediaSummary', 'getMediaSessions'] as $operation) {
    same(true, json_decode($money->call($operation)) !== null, $operation);
}
refused(1060, static fn () => $money->call('getMediaTrace', ['filter' => ['proxyIP' => '', 'callId' => 'x', 'fromTag' => 'f', 'toTag' => 't']]));

// Self-care: the reseller's own name, no impersonation.
$signed = ['username' => 'web-reseller', 'password' => 'pw & <r>', 'admin' => false];
$self = new Port($url, 'Sip', $signed);
$mine = ['sipId' => $alice];
$read = $self->call('getAccount', $mine);
same('secret', $read->password, 'what a subscriber signs in against');
$read->password = 'changed & <kept>';
$self->call('updateAccount', ['account' => $read]);
same('changed & <kept>', $self->call('getAccount', $mine)->password, 'the changed password');
same([['locations' => []]], array_map(static fn ($one) => ['locations' => $one->locations ?: []],
    $self->call('getSipDeviceLocations', ['sipIds' => [$alice]])), 'no device is registered');
$week = ['fromDate' => time() - 604800, 'toDate' => time(), 'limit' => 50];
$calls = $self->call('getCalls', $mine + ['query' => ['placed' => $week, 'received' => $week]]);
same([[], []], [$calls->placed, $calls->received], 'no call yet');
$statistics = $self->call('getCallStatistics', $mine + ['query' => ['placed' => ['limit' => 1]]]);
same([0, 0.0], [$statistics->placed->calls, (float) $statistics->placed->price], 'nothing spent');
[$status] = $self->call('getPrepaidStatus', ['sipIds' => [$prepaid]]);
same(12.5, (float) $status->balance, 'the balance');
[$entry] = $self->call('getCreditHistory', ['sipId' => $prepaid, 'count' => 200])->entries;
same(['First deposit', 12.5, 12.5], [$entry->description, (float) $entry->value, (float) $entry->balance], 'the history');
same(true, strtotime($entry->date) !== false, 'a date that PHP reads');
refused(1090, static fn () => $self->call('addBalanceFromVoucher', ['sipId' => $prepaid, 'card' => ['id' => 1, 'number' => '123']]));
$carol = ['uri' => 'carol@example.net', 'name' => 'Carol <&>', 'group' => 'family'];
$self->call('addPhonebookEntry', $mine + ['entry' => $carol]);
$self->call('updatePhonebookEntry', $mine + ['entry' => ['name' => 'Carol Č'] + $carol]);
$found = $self->call('getPhonebookEntries', $mine + ['match' => ['uri' => '%%%', 'name' => '%%%'], 'range' => ['start' => 0, 'count' => 100]]);
same([1, 'carol@example.net', 'Carol Č', 'family'], [count($found->entries), $found->entries[0]->uri, $found->entries[0]->name,
    $found->entries[0]->group], 'the phonebook');
$rules = ['persistent' => [['start' => '09:00', 'stop' => '17:30', 'groups' => ['family'], 'days' => 31]],
    'temporary' => ['groups' => ['nobody'], 'duration' => 60], 'groups' => []];
$self->call('setAcceptRules', $mine + ['rules' => $rules]);
$read = $self->call('getAcceptRules', $mine);
$first = $read->rules->persistent[0];
same(['09:00', '17:30', 31, ['family']], [$first->start, $first->stop, $first->days, $first->groups], 'the persistent rule');
same([['nobody'], true], [$read->rules->temporary->groups, $read->rules->temporary->duration > 0], 'the temporary rule');
same(true, in_array('family', $read->nonEmptyGroups, true) && in_array('everybody', $read->nonEmptyGroups, true), 'groups with somebody');
$self->call('setAcceptRules', $mine + ['rules' => ['temporary' => ['groups' => [], 'duration' => 0]]]);
same([], $self->call('getAcceptRules', $mine)->rules->persistent, 'no rule is left');
$self->call('deletePhonebookEntry', $mine + ['uri' => 'carol@example.net']);
$self->call('setRejectMembers', $mine + ['members' => ['anonymous@example.net']]);
same(['anonymous@example.net'], $self->call('getRejectMembers', $mine), 'rejected callers');
$self->call('setBarringPrefixes', $mine + ['prefixes' => ['+31900']]);
same(['+31900'], $self->call('getBarringPrefixes', $mine), 'barred prefixes');
$self->call('setCallDiversions', $mine + ['diversions' => ['FNOA' => 'sip:0031612345678@web.example']]);
$read = $self->call('getCallDiversions', $mine);
same(['sip:0031612345678@web.example', ''], [$read->FNOA, $read->FUNC], 'diversions');
$self->call('setCallDiversions', $mine + ['diversions' => ['nocondition' => 'empty']]);
same('', $self->call('getCallDiversions', $mine)->FNOA, 'no diversion');
$voicemail = new Port($url, 'Voicemail', $signed);
refused(2000, static fn () => $voicemail->call('getAccount', $mine));
$voicemail->call('addAccount', ['account' => ['sipId' => $alice, 'name' => 'Alice', 'password' => '1234', 'email' => 'alice@web.example',
    'options' => ['delete' => 1]]]);
$read = $voicemail->call('getAccount', $mine);
same([true, '1234', 'Alice', true], [(int) $read->mailbox >= 1000000, $read->password, $read->name, $read->options->delete], 'the mailbox');
$read->options->delete = 0;
$voicemail->call('updateAccount', ['account' => $read]);
same(false, $voicemail->call('getAccount', $mine)->options->delete, 'messages are kept');
$self->call('setCallDiversions', $mine + ['diversions' => ['FNOA' => '<voice-mailbox>']]);
same('<voice-mailbox>', $self->call('getCallDiversions', $mine)->FNOA, 'to the mailbox');
$voicemail->call('deleteAccount', $mine);

// Deleting, and what a page does when it deletes the customer that it acts as.
foreach ([$alice, $prepaid] as $gone) {
    $sip->call('deleteAccount', ['sipId' => $gone]);
}
refused(1010, static fn () => $voicemail->call('getAccount', $mine));
$sip->call('deleteDomain', ['domain' => 'web.example']);
$dns->call('deleteZone', ['zone' => 'web.example']);
(new Port($url, 'Customer', $administrator + ['impersonate' => $customer->id]))->call('deleteAccount', ['id' => $customer->id]);
refused(5000, static fn () => $customers->call('getAccount', ['id' => $customer->id]));
echo "all pages work\n";
