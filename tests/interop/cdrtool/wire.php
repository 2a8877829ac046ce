<?php

/**
 * The wire as CDRTool's own library speaks it, on ext-soap: types by what PHP has, null as an empty element, arrays with
 * their old attributes, the auth header in no namespace, HTTP closed after each call. Answers as its pages see them: null is ''.
 */

declare(strict_types=1);

final class Refused extends RuntimeException
{
}

/** ext-soap with an envelope that declares what a parameter's own XML may use. */
final class Client extends SoapClient
{
    private const PREFIXES = ['xsi' => 'http://www.w3.org/2001/XMLSchema-instance', 'xsd' => 'http://www.w3.org/2001/XMLSchema',
        'SOAP-ENC' => 'http://schemas.xmlsoap.org/soap/encoding/'];

    public function __doRequest(string $request, string $location, string $action, int $version, bool $oneWay = false): ?string
    {
        foreach (self::PREFIXES as $prefix => $namespace) {
            $declared = "xmlns:$prefix=\"$namespace\"";
            if (!str_contains($request, $declared)) {
                $request = str_replace('<SOAP-ENV:Envelope ', "<SOAP-ENV:Envelope $declared ", $request);
            }
        }
        return parent::__doRequest($request, $location, $action, $version, $oneWay);
    }
}

/** One port, used by one caller. */
final class Port
{
    private Client $client;

    public function __construct(string $url, private string $port, private array $auth)
    {
        $namespace = "urn:AGProjects:NGNPro:$port";
        $this->client = new Client(null, ['location' => $url, 'uri' => $namespace, 'keep_alive' => false]);
    }

    /** Parameters by name, in PHP's order. */
    public function call(string $operation, array $parameters = []): mixed
    {
        $sent = array_map(self::parameter(...), array_keys($parameters), $parameters);
        $header = new SoapHeader('urn:AGProjects:NGNPro', 'auth', new SoapVar(self::element('auth', $this->auth), XSD_ANYXML));
        try {
            return self::seen($this->client->__soapCall($operation, $sent, null, [$header]));
        } catch (SoapFault $fault) {
            $exception = $fault->detail->exception ?? throw $fault;
            throw new Refused("$this->port.$operation: $exception->errorstring", (int) $exception->errorcode);
        }
    }

    private static function parameter(string $name, mixed $value): SoapVar
    {
        return new SoapVar(self::element($name, $value), XSD_ANYXML);
    }

    private static function element(string $name, mixed $value): string
    {
        if (is_object($value)) {
            $value = get_object_vars($value);
        } elseif (is_array($value) && array_is_list($value)) {
            $kind = $value === [] ? 'xsd:anyType' : (is_string($value[0]) ? 'xsd:string' : 'Struct');
            $offset = $value === [] ? '' : ' SOAP-ENC:offset="[0]"';
            $items = implode('', array_map(static fn ($item) => self::element('item', $item), $value));
            return "<$name xsi:type=\"SOAP-ENC:Array\" SOAP-ENC:arrayType=\"{$kind}[" . count($value) . "]\"$offset>$items</$name>";
        }
        if (is_array($value)) {
            $members = array_map(self::element(...), array_keys($value), $value);
            return "<$name>" . implode("\n", $members) . "</$name>";
        }
        $type = match (true) {
            $value === null => null,
            is_bool($value) => 'boolean',
            is_int($value) => 'int',
            is_float($value) => 'float',
            default => 'string',
        };
        $text = is_bool($value) ? ($value ? 'true' : 'false') : htmlspecialchars((string) $value, ENT_XML1);
        return $type === null ? "<$name/>" : "<$name xsi:type=\"xsd:$type\">$text</$name>";
    }

    private static function seen(mixed $value): mixed
    {
        if (is_array($value)) {
            return array_map(self::seen(...), $value);
        }
        if (is_object($value)) {
            $members = get_object_vars($value);
            return $members === [] ? '' : (object) array_map(self::seen(...), $members);
        }
        return $value ?? '';
    }
}

function same(mixed $expected, mixed $found, string $what): void
{
    if ($expected !== $found) {
        throw new LogicException("$what: expected " . var_export($expected, true) . ', found ' . var_export($found, true));
    }
}

function refused(int $code, callable $call): void
{
    try {
        $call();
    } catch (Refused $refused) {
        same($code, $refused->getCode(), $refused->getMessage());
        return;
    }
    throw new LogicException("not refused with $code");
}
