#!/usr/bin/perl
# SOAP::Lite, rpc/encoded, with every operation that the encoded WSDL describes: perl driver.pl URL TENANT
#
# SOAP::Lite's own reading of a WSDL cannot send structures: operations and types are read from the document here.
# Prints the core transcript and an outcome for every operation, as README.md beside this folder describes.

use strict;
use warnings;
use utf8;
use SOAP::Lite;

binmode STDOUT, ':encoding(UTF-8)';
$| = 1;
my ($url, $tenant) = @ARGV;
my $domain        = "$tenant.example";
my $administrator = { username => $ENV{NGNPRO_USERNAME}, password => $ENV{NGNPRO_PASSWORD} };
my $reseller      = { username => $tenant, password => "interop's" };

sub call {
    my ($operation, $arguments, $auth) = @_;
    my ($port, $name) = split /\./, $operation;
    my $namespace = $port eq 'Presence' ? 'urn:AGProjects:SoapSIMPLEProxy:Presence' : "urn:AGProjects:NGNPro:$port";
    my $soap = SOAP::Lite->proxy("$url/")->ns($namespace)->on_fault(sub { $_[1] });
    my @header = SOAP::Header->name(auth => $auth)->uri('urn:AGProjects:NGNPro');
    return $soap->call($name, ($port eq 'Presence' ? () : @header), map { SOAP::Data->name($_ => $arguments->{$_}) } keys %$arguments);
}

sub code {
    my ($answer) = @_;
    return "without an answer: $answer" unless ref $answer;
    return $answer->fault ? $answer->faultdetail->{exception}{errorcode} : 'none';
}

sub must {
    my ($operation) = @_;
    my $answer = call(@_);
    die "$operation: " . (ref $answer ? $answer->faultstring : $answer) . "\n" if !ref $answer || $answer->fault;
    return $answer->result;
}

sub yes   { SOAP::Data->type(boolean => $_[0]) }
sub said  { $_[0] ? 'true' : 'false' }
sub pairs { join ',', map { "$_->{name}:$_->{value}" } @{ $_[0] } }

sub show {
    my ($account) = @_;
    printf "= account %s | %s | %s | %s | %s | %s %s %s\n", "$account->{id}{username}\@$account->{id}{domain}",
        $account->{firstName}, $account->{timezone}, join(',', @{ $account->{groups} || [] }), pairs($account->{properties}),
        @{$account}{qw(quota callLimit)}, said($account->{prepaid});
}

sub core {
    my $alice = { username => 'alice', domain => $domain };
    my $aka   = { username => 'aka',   domain => $domain };
    my $credit = { name => 'sip_credit', value => 100, category => 'credit', permission => 'admin' };
    my $row = must('Customer.addAccount', { account => { %$reseller, organization => 'Žluť & <kůň> "日本"',
        resellerActive => yes(1), properties => [$credit] } }, $administrator);
    print "= reseller $row->{username} | $row->{organization} | ", said($row->{resellerActive}), ' | ', pairs($row->{properties}), "\n";
    my $found = must('Customer.getCustomers', { query => { filter => { username => $tenant } } }, $administrator);
    print "= customers $found->{total} $found->{accounts}[0]{username}\n";
    print '= domain ', must('Sip.addDomain', { domain => { domain => $domain } }, $reseller)->{domain}, "\n";
    my %account = (id => $alice, password => 'secret', firstName => 'Zoë', groups => ['anonymous'],
        properties => [{ name => 'language', value => 'fr' }], timezone => 'Europe/Paris', quota => 0, callLimit => 5,
        prepaid => yes(0));
    must('Sip.addAccount', { account => \%account }, $reseller);
    show(must('Sip.getAccount', { sipId => $alice }, $reseller));
    print '= again ', code(call('Sip.addAccount', { account => \%account }, $reseller)), "\n";
    must('Sip.addToGroup', { sipId => $alice, group => 'intercom' }, $reseller);
    print '= groups ', join(',', @{ must('Sip.getGroups', { sipId => $alice }, $reseller) }), "\n";
    must('Sip.updateAccount', { account => { %account, firstName => 'Zoé', groups => [] } }, $reseller);
    show(must('Sip.getAccount', { sipId => $alice }, $reseller));
    must('Sip.addAlias', { alias => { id => $aka, target => $alice } }, $reseller);
    my $aliases = must('Sip.getAliases', { query => { filter => { targetUsername => 'alice' } } }, $reseller);
    print "= aliases $aliases->{total} $aliases->{aliases}[0]{id}{username}\n";
    my $accounts = must('Sip.getAccounts', { query => { filter => { domain => $domain },
        orderBy => { attribute => 'username', direction => 'ASC' }, range => { start => 0, count => 10 } } }, $reseller);
    print "= accounts $accounts->{total} $accounts->{accounts}[0]{id}{username}\n";
    my $box = must('Voicemail.addAccount', { account => { sipId => $alice, name => 'Alice', email => "alice\@$domain" } }, $reseller);
    print '= mailbox ', said($box->{mailbox} >= 1000000), "\n";
    my $zone = must('Dns.addZone', { zone => { name => $domain, email => "dns\@$domain",
        nameservers => ["ns1.$domain", "ns2.$domain"] } }, $reseller);
    print '= zone ', join(',', @{ $zone->{nameservers} }), "\n";
    must('Sip.deleteAlias', { id => $aka }, $reseller);
    must('Sip.deleteAccount', { sipId => $alice }, $reseller);
    print '= gone ',     code(call('Sip.getAccount', { sipId => $alice }, $reseller)), "\n";
    print '= stranger ', code(call('Sip.getAccount', { sipId => $alice }, { %$reseller, password => 'no' })), "\n";
}

# A value of a type, with all its members.
sub sample {
    my ($type, $structures, $arrays) = @_;
    return [sample($arrays->{$type}, $structures, $arrays)] if $arrays->{$type};
    return { map { $_->[0] => sample($_->[1], $structures, $arrays) } @{ $structures->{$type} } } if $structures->{$type};
    return 4242    if $type =~ /^(int|integer|nonNegativeInteger|unsignedInt|unsignedShort)$/;
    return 4.5     if $type =~ /^(float|double)$/;
    return yes(1)  if $type eq 'boolean';
    return SOAP::Data->type(base64 => 'sample') if $type eq 'base64Binary';
    return 'sample';
}

sub walk {
    my $wsdl = SOAP::Schema->new->useragent->get("$url/wsdl")->decoded_content;
    my (%structures, %arrays, %messages);
    while ($wsdl =~ m{<xsd:complexType name="(\w+)">(.*?)</xsd:complexType>}gs) {
        my ($name, $content) = ($1, $2);
        if ($content =~ /arrayType="\w+:(\w+)\[\]"/) { $arrays{$name} = $1; next }
        $structures{$name} = [];
        push @{ $structures{$name} }, [$1, $2] while $content =~ /<xsd:element name="(\w+)" type="\w+:(\w+)"/g;
    }
    while ($wsdl =~ m{<message name="(\w+)">(.*?)</message>}gs) {
        my ($name, $content) = ($1, $2);
        $messages{$name} = {};
        $messages{$name}{$1} = sample($2, \%structures, \%arrays) while $content =~ /<part name="(\w+)" type="\w+:(\w+)"/g;
    }
    while ($wsdl =~ m{<portType name="(\w+)PortType">(.*?)</portType>}gs) {
        my ($port, $content) = ($1, $2);
        while ($content =~ /<operation name="(\w+)"/g) {
            my $answer = call("$port.$1", $messages{"${port}_$1"}, $administrator);
            print "$port.$1 ", (ref $answer && !$answer->fault ? 'ok' : 'fault ' . code($answer)), "\n";
        }
    }
}

core();
walk();
