<?php

/**
 * PHP's ext-soap with the server's WSDLs, nothing else: php driver.php URL literal|encoded TENANT
 *
 * Prints the core transcript and an outcome for every operation, as README.md beside this folder describes.
 */

declare(strict_types=1);

[, $url, $style, $tenant] = $argv;
$domain = "$tenant.example";
$administrator = ['username' => getenv('NGNPRO_USERNAME'), 'password' => getenv('NGNPRO_PASSWORD')];
$reseller = ['username' => $tenant, 'password' => "interop's"];

function port(string $name, array $auth): SoapClient
{
    global $url, $style;
    static $clients = [];
    $wsdl = $style === 'literal' ? "$url/soap/" . strtolower($name) . '?wsdl' : "$url/ngnpro/wsdl?port=$name";
    $client = $clients[$name] ??= new SoapClient($wsdl, [
        'cache_wsdl' => WSDL_CACHE_NONE,
        // An array of one is an array.
        'features' => SOAP_SINGLE_ELEMENT_ARRAYS,
    ]);
    $namespace = $style === 'literal' ? "urn:AGProjects:NGNPro:$name:literal" : 'urn:AGProjects:NGNPro';
    $client->__setSoapHeaders($name === 'Presence' ? null : new SoapHeader($namespace, 'auth', (object) $auth));
    return $client;
}

/** Calls by the names of the parameters; the result as the style's users see it. */
function call(string $operation, array $arguments, array $auth): mixed
{
    global $style;
    [$port, $name] = explode('.', $operation);
    $client = port($port, $auth);
    if ($style === 'encoded') {
        return $client->__soapCall($name, array_values($arguments));
    }
    return $client->__soapCall($name, [$arguments])->return ?? null;
}

/** A list as the style has it. */
function items(array $items): mixed
{
    global $style;
    return $style === 'literal' ? ['item' => $items] : $items;
}

function listed(mixed $array): array
{
    return is_array($array) ? $array : (array) ($array->item ?? []);
}

function code(SoapFault $fault): string
{
    $exception = $fault->detail->exception ?? null;
    // By the encoded WSDL the detail stays wrapped with its type.
    $exception = $exception instanceof SoapVar ? $exception->enc_value : $exception;
    return (string) ($exception->errorcode ?? 'without a code: ' . $fault->getMessage());
}

function refused(callable $call): string
{
    try {
        $call();
    } catch (SoapFault $fault) {
        return code($fault);
    }
    return 'none';
}

function core(): void
{
    global $administrator, $reseller, $tenant, $domain;
    $alice = ['username' => 'alice', 'domain' => $domain];
    $row = call('Customer.addAccount', ['account' => $reseller + [
        'organization' => 'Žluť & <kůň> "日本"',
        'resellerActive' => true,
        'properties' => items([['name' => 'sip_credit', 'value' => '100', 'category' => 'credit', 'permission' => 'admin']]),
    ]], $administrator);
    $properties = array_map(fn ($one) => "$one->name:$one->value", listed($row->properties));
    echo "= reseller $row->username | $row->organization | ", var_export($row->resellerActive, true), ' | ', implode(',', $properties), "\n";
    $found = call('Customer.getCustomers', ['query' => ['filter' => ['username' => $tenant]]], $administrator);
    echo "= customers $found->total ", listed($found->accounts)[0]->username, "\n";
    $added = call('Sip.addDomain', ['domain' => ['domain' => $domain]], $reseller);
    echo "= domain $added->domain\n";
    $account = ['id' => $alice, 'password' => 'secret', 'firstName' => 'Zoë', 'groups' => items(['anonymous']),
        'properties' => items([['name' => 'language', 'value' => 'fr']]), 'timezone' => 'Europe/Paris', 'quota' => 0,
        'callLimit' => 5, 'prepaid' => false];
    call('Sip.addAccount', ['account' => $account], $reseller);
    show(call('Sip.getAccount', ['sipId' => $alice], $reseller));
    echo '= again ', refused(fn () => call('Sip.addAccount', ['account' => $account], $reseller)), "\n";
    call('Sip.addToGroup', ['sipId' => $alice, 'group' => 'intercom'], $reseller);
    echo '= groups ', implode(',', listed(call('Sip.getGroups', ['sipId' => $alice], $reseller))), "\n";
    call('Sip.updateAccount', ['account' => ['firstName' => 'Zoé', 'groups' => items([])] + $account], $reseller);
    show(call('Sip.getAccount', ['sipId' => $alice], $reseller));
    call('Sip.addAlias', ['alias' => ['id' => ['username' => 'aka'] + $alice, 'target' => $alice]], $reseller);
    $aliases = call('Sip.getAliases', ['query' => ['filter' => ['targetUsername' => 'alice']]], $reseller);
    echo "= aliases $aliases->total ", listed($aliases->aliases)[0]->id->username, "\n";
    $found = call('Sip.getAccounts', ['query' => ['filter' => ['domain' => $domain],
        'orderBy' => ['attribute' => 'username', 'direction' => 'ASC'], 'range' => ['start' => 0, 'count' => 10]]], $reseller);
    echo "= accounts $found->total ", listed($found->accounts)[0]->id->username, "\n";
    $box = call('Voicemail.addAccount', ['account' => ['sipId' => $alice, 'name' => 'Alice', 'email' => "alice@$domain"]], $reseller);
    echo '= mailbox ', var_export($box->mailbox >= 1000000, true), "\n";
    $servers = ["ns1.$domain", "ns2.$domain"];
    $zone = call('Dns.addZone', ['zone' => ['name' => $domain, 'email' => "dns@$domain", 'nameservers' => items($servers)]], $reseller);
    echo '= zone ', implode(',', listed($zone->nameservers)), "\n";
    call('Sip.deleteAlias', ['id' => ['username' => 'aka'] + $alice], $reseller);
    call('Sip.deleteAccount', ['sipId' => $alice], $reseller);
    echo '= gone ', refused(fn () => call('Sip.getAccount', ['sipId' => $alice], $reseller)), "\n";
    echo '= stranger ', refused(fn () => call('Sip.getAccount', ['sipId' => $alice], ['password' => 'no'] + $reseller)), "\n";
}

function show(object $account): void
{
    $properties = array_map(fn ($one) => "$one->name:$one->value", listed($account->properties));
    echo "= account {$account->id->username}@{$account->id->domain} | $account->firstName | $account->timezone | ",
        implode(',', listed($account->groups)), ' | ', implode(',', $properties),
        " | $account->quota $account->callLimit ", var_export($account->prepaid, true), "\n";
}

/** Structures by name, as the WSDL describes them. */
function types(SoapClient $client): array
{
    $types = [];
    foreach ($client->__getTypes() as $described) {
        if (preg_match('/^struct (\w+) \{(.*)\}$/s', $described, $struct)) {
            preg_match_all('/^ ([\w:]+) (\w+);$/m', $struct[2], $members, PREG_SET_ORDER);
            $types[$struct[1]] = array_column($members, 1, 2);
        } elseif (preg_match('/^(\w+) (\w+)\[\]$/', $described, $array)) {
            $types[$array[2]] = [$array[1]];
        }
    }
    return $types;
}

function sample(string $type, array $types): mixed
{
    if (isset($types[$type])) {
        return array_map(fn ($member) => sample($member, $types), $types[$type]);
    }
    return match ($type) {
        'int', 'integer', 'long', 'nonNegativeInteger', 'unsignedInt', 'unsignedShort' => 4242,
        'float', 'double' => 4.5,
        'boolean' => true,
        default => 'sample',
    };
}

core();
foreach (['Customer', 'Sip', 'Dns', 'Enum', 'Voicemail', 'Rating', 'Network', 'Presence'] as $port) {
    $client = port($port, $administrator);
    $types = types($client);
    foreach (array_unique($client->__getFunctions()) as $function) {
        preg_match('/ (\w+)\((.*)\)$/', $function, $parts);
        preg_match_all('/(\w+) \$(\w+)/', $parts[2], $parameters, PREG_SET_ORDER);
        $arguments = array_map(fn ($parameter) => sample($parameter[1], $types), $parameters);
        try {
            port($port, $administrator)->__soapCall($parts[1], $arguments);
            $outcome = 'ok';
        } catch (SoapFault $fault) {
            $outcome = 'fault ' . code($fault);
        }
        echo "$port.$parts[1] $outcome\n";
    }
}
