<?php

/**
 * Adds a SIP account and shows it. Credentials come from the environment, so that they stand in no list of processes:
 *
 *     NGNPRO_USERNAME=reseller NGNPRO_PASSWORD=... php add_account.php http://127.0.0.1:9200/ carol@example.com 'Carol Jones'
 */

declare(strict_types=1);

use NGNPro\Auth;
use NGNPro\Fault;
use NGNPro\SipAccount;
use NGNPro\SipId;
use NGNPro\SipPort;

require __DIR__ . '/../ngnpro.php';

[, $url, $address, $name] = $argv + [1 => '', 2 => '', 3 => ''];
[$username, $domain] = explode('@', $address, 2) + ['', ''];
if ($username === '' || $domain === '') {
    fwrite(STDERR, "usage: php {$argv[0]} URL USER@DOMAIN [NAME]\n");
    exit(2);
}
[$first, $last] = explode(' ', $name, 2) + ['', ''];

$sip = new SipPort($url, new Auth((string) getenv('NGNPRO_USERNAME'), (string) getenv('NGNPRO_PASSWORD')));
$password = bin2hex(random_bytes(8));
try {
    $account = $sip->addAccount(new SipAccount(
        id: new SipId($username, $domain),
        password: $password,
        firstName: $first,
        lastName: $last,
        groups: ['anonymous'],
        timezone: 'Europe/Amsterdam',
    ));
} catch (Fault\SipAccountExists) {
    fwrite(STDERR, "$address is there already\n");
    exit(1);
} catch (Fault $refused) {
    fwrite(STDERR, "not added: {$refused->getMessage()} (code {$refused->getCode()})\n");
    exit(1);
}
echo "added {$account->id->username}@{$account->id->domain} of customer {$account->customer}, password $password\n";
